"""What the pages of the reports read."""

from sqlalchemy import Connection

from kasane_portal.domain.report import LateFact, ReportVersion, late_for
from kasane_portal.repository import LateFacts, ReportVersions


def all_versions(connection: Connection) -> tuple[ReportVersion, ...]:
    """Every frozen version, the latest year and number first."""
    return ReportVersions(connection).all()


def versions_of(connection: Connection, year: int) -> tuple[ReportVersion, ...]:
    """The frozen versions of a year, the latest first."""
    return ReportVersions(connection).of(year)


def version_of(connection: Connection, year: int, number: int) -> ReportVersion:
    """One frozen version; raises VersionNotFound."""
    return ReportVersions(connection).get(year, number)


def corrections_of(connection: Connection, version: ReportVersion) -> tuple[LateFact, ...]:
    """What was heard about the version's time after it was frozen, the latest first."""
    return late_for(LateFacts(connection).all(), version)
