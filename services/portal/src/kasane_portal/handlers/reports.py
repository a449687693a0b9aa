"""Freezes the report of a year."""

from collections.abc import Callable

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_portal.commands import FreezeReport
from kasane_portal.domain.errors import AlreadyFrozen
from kasane_portal.domain.report import ReportContent, ReportVersion, check_freeze
from kasane_portal.repository import ReportVersions


def freeze(
    command: FreezeReport, uow: UnitOfWork, content_of: Callable[[Connection], ReportContent]
) -> str:
    """Keeps what is counted at this moment as the next version; ``content_of`` counts in the same transaction.

    Raises AlreadyFrozen, NothingToFreeze and WordsMissing; nothing is kept then.
    """
    versions = ReportVersions(uow.connection)
    content = content_of(uow.connection)
    latest = next(iter(versions.of(command.year)), None)
    version = ReportVersion(
        id=command.version_id,
        year=command.year,
        number=check_freeze(content, latest, command.seen, command.reason),
        content=content,
        reason=command.reason.strip(),
        frozen_by=uow.actor.display_name,
        frozen_at=clock.now(),
    )
    if not versions.add(version):
        # The other one was quicker by less than this transaction; its name may not be readable in here yet.
        other = next(iter(versions.of(command.year)), None)
        raise AlreadyFrozen(number=version.number, name=other.frozen_by if other else "")
    uow.record("portal.report.frozen", "report", f"{version.year}:{version.number}")
    uow.commit()
    return version.id
