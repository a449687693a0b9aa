"""What a telephone is given for a day, and what the pages about telephones read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from kasane_kit.auth import Actor, accounts
from kasane_kit.bus import outbox
from kasane_kit.strings import Strings
from kasane_outreach.domain.area_survey import SurveyHousehold
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound
from kasane_outreach.domain.check_in import CheckIn
from kasane_outreach.domain.door_device import DoorDevice
from kasane_outreach.domain.door_errors import DeviceNotFound, DoorItemNotFound
from kasane_outreach.domain.door_item import DoorItem, VisitAddendum, VisitPhoto
from kasane_outreach.domain.emergency_call import (
    AMBULANCE,
    POLICE,
    EmergencyCall,
    on_the_page,
)
from kasane_outreach.domain.errors import VisitNotFound
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.visit import Visit, VisitStatus
from kasane_outreach.queries.together import OtherVisit, others_of_each
from kasane_outreach.queries.visits import visit
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns
from kasane_outreach.repository.door import CheckIns, DoorDevices, DoorItems, VisitPapers
from kasane_outreach.repository.planning_records import EmergencyCalls

REMEMBERED_VISITS = 5


@dataclass(frozen=True)
class DayRound:
    """The visits of a worker on a day as a telephone may hold them, and those that went elsewhere.

    ``houses`` are those of the areas that the worker walks in a survey, as far as their turn is not over.
    """

    visits: Sequence[Mapping[str, Any]]
    gone: Sequence[Mapping[str, Any]]
    check_ins: Sequence[Mapping[str, Any]]
    houses: Sequence[Mapping[str, Any]] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The visits that are handed out."""
        return tuple(str(one["id"]) for one in self.visits)


@dataclass(frozen=True)
class VisitAtDoor:
    """What came from the door about a visit beside its record."""

    addenda: Sequence[VisitAddendum]
    photos: Sequence[VisitPhoto]
    check_ins: Sequence[CheckIn]
    items: Sequence[DoorItem]


def day_round(connection: Connection, viewer: Actor, device_id: str, on: date) -> DayRound:
    """A worker's own visits of a day; a protected address or telephone is in none of them (I-10)."""
    devices = DoorDevices(connection)
    names = {one.account_id: one.display_name for one in accounts.everyone(connection)}
    mine = [one for one in Visits(connection).scheduled_on(on) if viewer.account_id in one.workers]
    held = devices.held_on(device_id, on) - {one.id for one in mine}
    return DayRound(
        visits=_carried(connection, viewer, on, mine, names),
        gone=[_gone(one, names) for one in Visits(connection).those(sorted(held))],
        check_ins=[
            {"id": one.id, "visit_id": one.visit_id, "expected_by": one.expected_by.isoformat()}
            for one in CheckIns(connection).open(viewer.account_id)
        ],
        houses=_houses(connection, viewer, on),
    )


def _houses(connection: Connection, viewer: Actor, on: date) -> Sequence[Mapping[str, Any]]:
    surveys, runs = AreaSurveys(connection), CampaignRuns(connection)
    return [
        {
            "id": one.id,
            "area": one.area,
            "label": one.label,
            "visits": one.visits,
            "run": runs.get(run_id).label,
        }
        for run_id, area in surveys.areas_walked(viewer.account_id, on)
        if runs.get(run_id).goes_on
        for one in surveys.households(run_id, area)
        if not one.done
    ]


def emergency_calls(connection: Connection) -> tuple[tuple[EmergencyCall, ...], int]:
    """What the town typed for the emergency page, with its version."""
    return EmergencyCalls(connection).read()


def emergency_page(
    connection: Connection, stated: Iterable[tuple[str, str]]
) -> tuple[EmergencyCall, ...]:
    """Whom a worker at a door can call: what the town typed, else what its document ``stated``, and 110 and 119."""
    words = Strings("kasane_outreach")
    always = (
        EmergencyCall(words.text("calls.police"), POLICE),
        EmergencyCall(words.text("calls.ambulance"), AMBULANCE),
    )
    typed, _version = EmergencyCalls(connection).read()
    return on_the_page(typed, (EmergencyCall(*one) for one in stated), always)


def house_of(connection: Connection, household_id: str) -> SurveyHousehold | None:
    """The house of a survey that something was sent about; None where its list is gone."""
    try:
        return AreaSurveys(connection).household(household_id)
    except CampaignRunNotFound:
        return None


def devices(connection: Connection, viewer: Actor) -> Sequence[DoorDevice]:
    """The viewer's telephones; a coordinator sees everybody's."""
    everybody = viewer.has("coordinator")
    return DoorDevices(connection).of("" if everybody else viewer.account_id)


def device(connection: Connection, viewer: Actor, device_id: str) -> DoorDevice:
    """One telephone; raises DeviceNotFound where it is not the viewer's."""
    found = DoorDevices(connection).get(device_id)
    if found.account_id != viewer.account_id and not viewer.has("coordinator"):
        raise DeviceNotFound
    return found


def sent_by(connection: Connection, device_id: str) -> DoorDevice | None:
    """The telephone that sent something; None where it is not known, as after a restore."""
    return DoorDevices(connection).find(device_id)


def present_epoch(connection: Connection) -> str:
    """What changes when the service was put back to an earlier state; "" before the first event."""
    head = outbox.head(connection)
    return head.epoch if head else ""


def waiting_items(connection: Connection, viewer: Actor) -> Sequence[DoorItem]:
    """What was not accepted and still waits for a person: the viewer's own, a coordinator's all."""
    everybody = viewer.has("coordinator")
    return DoorItems(connection).waiting("" if everybody else viewer.account_id)


def item_content(connection: Connection, viewer: Actor, item_id: str) -> tuple[DoorItem, bytes]:
    """Something that was not accepted, with what was kept of it, sealed; raises DoorItemNotFound."""
    items = DoorItems(connection)
    found = items.get(item_id)
    if found.account_id != viewer.account_id and not viewer.has("coordinator"):
        raise DoorItemNotFound
    return found, items.sealed(item_id) or b""


def at_the_door(connection: Connection, visit_id: str) -> VisitAtDoor:
    """What came from the door about a visit that the viewer has opened."""
    papers = VisitPapers(connection)
    return VisitAtDoor(
        papers.addenda_of(visit_id),
        papers.photos_of(visit_id),
        CheckIns(connection).of_visit(visit_id),
        DoorItems(connection).of_visit(visit_id),
    )


def visit_photo(
    connection: Connection, viewer: Actor, visit_id: str, photo_id: str
) -> tuple[VisitPhoto, bytes]:
    """A picture of a visit that is open to the viewer, sealed; raises VisitNotFound."""
    visit(connection, viewer, visit_id)
    return VisitPapers(connection).photo(visit_id, photo_id)


def open_check_ins(connection: Connection) -> Sequence[CheckIn]:
    """The workers who are at a door now, the earliest end first."""
    return CheckIns(connection).open()


def check_in_of(connection: Connection, viewer: Actor, check_in_id: str) -> CheckIn:
    """One watch, open to the worker and to coordinators; raises VisitNotFound."""
    found = CheckIns(connection).get(check_in_id)
    if found.account_id != viewer.account_id and not viewer.has("coordinator"):
        raise VisitNotFound
    return found


def _carried(
    connection: Connection, viewer: Actor, on: date, mine: Sequence[Visit], names: Mapping[str, str]
) -> Sequence[Mapping[str, Any]]:
    ids = sorted({one.request_id for one in mine})
    households = {one.id: one for one in HouseholdsToReach(connection).those(ids)}
    recorded = [past for past in Visits(connection).of_households(ids) if past.record]
    others = others_of_each(connection, viewer, households.values(), on)
    return [
        _as_carried(
            viewer,
            one,
            households[one.request_id],
            [past for past in recorded if past.request_id == one.request_id and past.id != one.id],
            [other for other in others[one.request_id] if other.visit_id != one.id],
            names,
        )
        for one in mine
    ]


def _as_carried(
    viewer: Actor,
    one: Visit,
    household: HouseholdToReach,
    past: Sequence[Visit],
    others: Sequence[OtherVisit],
    names: Mapping[str, str],
) -> Mapping[str, Any]:
    hidden = household.hides_address
    place = None if hidden else household.position
    record = one.record
    return {
        "id": one.id,
        "starts_at": f"{one.starts_at:%H:%M}",
        "minutes": one.minutes,
        "two_person": one.two_person,
        "with": [names.get(each, each) for each in one.workers if each != viewer.account_id],
        "status": one.status.value,
        "name": household.name,
        "kana": household.kana,
        "address": "" if hidden else household.address,
        "address_protected": hidden,
        "phone": "" if household.phone_protected else household.phone,
        "place": [place.latitude, place.longitude] if place else None,
        "reason": household.reason or household.purpose,
        "attempts": household.attempts,
        "recorded": record is not None,
        "recorded_by": names.get(record.recorded_by, record.recorded_by) if record else "",
        "history": [_remembered(each) for each in past[-REMEMBERED_VISITS:][::-1]],
        "same_day": [
            {
                "starts_at": f"{other.starts_at:%H:%M}",
                "workers": [names.get(each, each) for each in other.workers]
                or [Strings("kasane_outreach").text("visit.other_agency")],
            }
            for other in others
        ],
    }


def _remembered(past: Visit) -> Mapping[str, Any]:
    assert past.record is not None
    return {
        "on": past.record.made_on.isoformat(),
        "result": past.record.result.value,
        "note": past.record.note,
        "next_wish": past.record.next_wish,
    }


def _gone(one: Visit, names: Mapping[str, str]) -> Mapping[str, Any]:
    cancelled = one.status is VisitStatus.CANCELLED
    return {
        "id": one.id,
        "why": "cancelled" if cancelled else "reassigned",
        "reason": one.cancel_reason if cancelled else "",
        "workers": [] if cancelled else [names.get(each, each) for each in one.workers],
        "on": one.on.isoformat(),
        "starts_at": f"{one.starts_at:%H:%M}",
        "minutes": one.minutes,
    }
