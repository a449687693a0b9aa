"""Looks every day for sheets that nobody acknowledged or decided, without anybody opening a page."""

from kasane_intake.handlers.sheets import remind_of_sheet
from kasane_intake.handlers.working_days import working_days_after
from kasane_intake.repository import ReferralSheets
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_plugin_api import SheetView

SERVICE = "intake"


def alert_overdue_sheets(house: House, municipality: str) -> None:
    """Tells sender and responsible post of each late sheet, and again after the town's days; each by itself."""
    today = clock.today()
    hooks = house.plugins.hooks_for(municipality)
    with house.databases.reading(SERVICE) as connection:
        sheets = ReferralSheets(connection)
        late = (*sheets.waiting_since_before(today), *sheets.undecided_since_before(today))
    for sheet in late:
        view = SheetView(sheet.from_office, sheet.to_office, sheet.sent_on, sheet.consent)
        days = max(1, hooks.handoff_policy(sheet=view).remind_every_days)
        if sheet.reminded_on and today < working_days_after(sheet.reminded_on, days):
            continue
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            remind_of_sheet(sheet.id, uow)
