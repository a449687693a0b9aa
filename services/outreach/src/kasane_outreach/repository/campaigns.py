"""Loads and saves runs of campaigns, their lists, hearings and visits."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kasane_outreach import tables
from kasane_outreach.domain.area_survey import LeaderHearing, SurveyHousehold, SurveyVisit
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound
from kasane_outreach.domain.campaign_run import CampaignRun, CampaignStage
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import ChangedMeanwhile
from kasane_outreach.domain.survey import NeedLevel, SurveyTarget
from kasane_outreach.repository.visits import in_utc

MOST_ASKED = 500


class CampaignRuns:
    """The runs of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, run_id: str, *, to_change: bool = False) -> CampaignRun:
        """The run; raises CampaignRunNotFound. ``to_change`` lets others who want to change it wait."""
        found = self._load(tables.campaign_run.c.id == run_id, to_change=to_change)
        if not found:
            raise CampaignRunNotFound
        return found[0]

    def all(self) -> tuple[CampaignRun, ...]:
        """Every run, the newest first."""
        return self._load()

    def add(self, run: CampaignRun) -> None:
        """Saves a new run."""
        self._connection.execute(insert(tables.campaign_run).values(**_of_run(run)))

    def save(self, run: CampaignRun, read_version: int | None = None) -> None:
        """Saves a changed run; raises ChangedMeanwhile when somebody else was faster."""
        r = tables.campaign_run.c
        before = run.version if read_version is None else read_version
        run.version = before + 1
        saved = self._connection.execute(
            update(tables.campaign_run)
            .where(r.id == run.id, r.version == before)
            .values(**_of_run(run))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def _load(self, *conditions: Any, to_change: bool = False) -> tuple[CampaignRun, ...]:
        r = tables.campaign_run.c
        found = select(tables.campaign_run).where(*conditions).order_by(r.made_at.desc(), r.id)
        rows = self._connection.execute(found.with_for_update() if to_change else found)
        return tuple(_run(row) for row in rows)


class SurveyTargets:
    """The people on the lists of postal surveys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_run(self, run_id: str, *, to_change: bool = False) -> tuple[SurveyTarget, ...]:
        """The list of a run, by number; with ``to_change`` replies and their readers wait."""
        return self._load(tables.survey_target.c.run_id == run_id, to_change=to_change)

    def get(self, target_id: str, *, to_change: bool = False) -> SurveyTarget:
        """One person on a list; raises CampaignRunNotFound. ``to_change`` lets others who want to change it wait."""
        found = self._load(tables.survey_target.c.id == target_id, to_change=to_change)
        if not found:
            raise CampaignRunNotFound
        return found[0]

    def by_digest(self, digest: str) -> SurveyTarget | None:
        """The person whose letter has this code, or None; others who want to change them wait."""
        found = self._load(tables.survey_target.c.digest == digest, to_change=True)
        return found[0] if found else None

    def add(self, targets: Sequence[SurveyTarget]) -> None:
        """Saves new people on a list."""
        self._connection.execute(
            insert(tables.survey_target), [_of_target(target) for target in targets]
        )

    def save(self, target: SurveyTarget, sealed: bytes | None = None) -> None:
        """Saves a changed one, with a new reply if there is one; raises ChangedMeanwhile as runs do."""
        t = tables.survey_target.c
        before, target.version = target.version, target.version + 1
        columns = _of_target(target) | ({"sealed": sealed} if sealed is not None else {})
        saved = self._connection.execute(
            update(tables.survey_target)
            .where(t.id == target.id, t.version == before)
            .values(**columns)
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def forget(self, run_id: str) -> None:
        """Deletes the list of a run with its replies."""
        t = tables.survey_target
        self._connection.execute(delete(t).where(t.c.run_id == run_id))

    def reply(self, target_id: str) -> bytes:
        """What came back, sealed; empty where nothing did."""
        t = tables.survey_target.c
        return self._connection.scalar(select(t.sealed).where(t.id == target_id)) or b""

    def _load(self, *conditions: Any, to_change: bool = False) -> tuple[SurveyTarget, ...]:
        t = tables.survey_target.c
        columns = [column for column in tables.survey_target.columns if column.name != "sealed"]
        found = select(*columns).where(*conditions).order_by(t.number)
        rows = self._connection.execute(found.with_for_update() if to_change else found)
        return tuple(_target(row) for row in rows)


class LetterRefusals:
    """Who wants no letters, by digests that name nobody; they outlive the lists."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def among(self, digests: Sequence[str]) -> frozenset[str]:
        """Those of the digests that are known."""
        known = tables.letter_refusal.c.digest
        found: set[str] = set()
        for begin in range(0, len(digests), MOST_ASKED):
            part = digests[begin : begin + MOST_ASKED]
            found |= set(self._connection.scalars(select(known).where(known.in_(part))))
        return frozenset(found)

    def keep(self, digest: str, since: date) -> None:
        """Somebody wants no letters."""
        if digest not in self.among([digest]):
            self._connection.execute(
                insert(tables.letter_refusal).values(digest=digest, since=since)
            )

    def take_back(self, digest: str) -> None:
        """Somebody may be written to again."""
        known = tables.letter_refusal.c.digest
        self._connection.execute(delete(tables.letter_refusal).where(known == digest))


class ReplyCounts:
    """Counts tried codes by the hour, exactly, however many processes count at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, bucket: str, until: datetime, now: datetime) -> int:
        """Counts one try and says how many there were in this hour; hours that are over are forgotten."""
        t = tables.reply_count
        self._connection.execute(delete(t).where(t.c.until <= now))
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(t).values(bucket=bucket, count=1, until=until)
        counted = self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[t.c.bucket], set_={"count": t.c.count + 1}
            ).returning(t.c.count)
        )
        return int(counted.scalar_one())


class AreaSurveys:
    """The households, visits and hearings of surveys that go from house to house."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def households(self, run_id: str, area: str = "") -> tuple[SurveyHousehold, ...]:
        """The households of a run, of one area or all."""
        h = tables.survey_household.c
        conditions = [h.run_id == run_id, *([h.area == area] if area else [])]
        rows = self._connection.execute(
            select(tables.survey_household).where(*conditions).order_by(h.area, h.label, h.id)
        )
        return tuple(_household(row) for row in rows)

    def household(self, household_id: str, *, to_change: bool = False) -> SurveyHousehold:
        """One household; raises CampaignRunNotFound. ``to_change`` lets others who want to change it wait."""
        statement = select(tables.survey_household).where(
            tables.survey_household.c.id == household_id
        )
        if to_change:
            statement = statement.with_for_update()
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            raise CampaignRunNotFound
        return _household(row)

    def add_households(self, households: Sequence[SurveyHousehold]) -> None:
        """Saves new households."""
        self._connection.execute(
            insert(tables.survey_household), [_of_household(one) for one in households]
        )

    def forget(self, run_id: str) -> None:
        """Deletes the households of a run, what they said, and what was heard of them."""
        for table in (
            tables.survey_visit,
            tables.survey_walk,
            tables.leader_hearing,
            tables.survey_household,
        ):
            self._connection.execute(delete(table).where(table.c.run_id == run_id))

    def months(self, run_id: str) -> tuple[date, ...]:
        """The first days of the months in which somebody visited, in their order."""
        v = tables.survey_visit.c
        days = self._connection.scalars(
            select(v.on_day).where(v.run_id == run_id).distinct().order_by(v.on_day)
        )
        return tuple(dict.fromkeys(day.replace(day=1) for day in days))

    def save_household(self, household: SurveyHousehold) -> None:
        """Saves a changed household."""
        self._connection.execute(
            update(tables.survey_household)
            .where(tables.survey_household.c.id == household.id)
            .values(**_of_household(household))
        )

    def add_visit(self, visit: SurveyVisit, sealed: bytes) -> None:
        """Saves a visit with the household's own words."""
        columns = asdict(visit) | {"on_day": visit.on, "result": visit.result.value}
        del columns["on"]
        self._connection.execute(insert(tables.survey_visit).values(**columns, sealed=sealed))

    def visits_between(self, run_id: str, first: date, last: date) -> tuple[SurveyVisit, ...]:
        """The visits of a run from one day to another."""
        v = tables.survey_visit.c
        return self._visits(v.run_id == run_id, v.on_day >= first, v.on_day <= last)

    def visits_of(self, household_id: str) -> tuple[tuple[SurveyVisit, bytes], ...]:
        """The visits to a household with its own words, sealed."""
        v = tables.survey_visit.c
        found = self._visits(v.household_id == household_id)
        words = dict(
            self._connection.execute(
                select(v.id, v.sealed).where(v.household_id == household_id)
            ).all()
        )
        return tuple((one, words[one.id] or b"") for one in found)

    def take_area(self, account_id: str, on: date, run_id: str, area: str) -> None:
        """Notes that a worker walks an area on a day; once."""
        w = tables.survey_walk.c
        walk = {"account_id": account_id, "on_day": on, "run_id": run_id, "area": area}
        known = self._connection.scalar(
            select(w.area).where(*(w[name] == value for name, value in walk.items()))
        )
        if known is None:
            self._connection.execute(insert(tables.survey_walk).values(**walk))

    def areas_walked(self, account_id: str, on: date) -> tuple[tuple[str, str], ...]:
        """The run and the name of each area that a worker walks on a day."""
        w = tables.survey_walk.c
        rows = self._connection.execute(
            select(w.run_id, w.area)
            .where(w.account_id == account_id, w.on_day == on)
            .order_by(w.area, w.run_id)
        )
        return tuple((row.run_id, row.area) for row in rows)

    def add_hearing(self, hearing: LeaderHearing, sealed: bytes) -> None:
        """Saves what a leader said."""
        columns = asdict(hearing) | {"on_day": hearing.on}
        del columns["on"]
        self._connection.execute(insert(tables.leader_hearing).values(**columns, sealed=sealed))

    def hearings(self, run_id: str, area: str = "") -> tuple[tuple[LeaderHearing, bytes], ...]:
        """What leaders said, of one area or all, sealed."""
        h = tables.leader_hearing.c
        conditions = [h.run_id == run_id, *([h.area == area] if area else [])]
        rows = self._connection.execute(
            select(tables.leader_hearing).where(*conditions).order_by(h.on_day, h.id)
        )
        found = []
        for row in rows:
            values = dict(row._mapping)
            sealed, on = values.pop("sealed"), values.pop("on_day")
            found.append((LeaderHearing(**{**values, "on": on, "at": in_utc(row.at)}), sealed))
        return tuple(found)

    def heard_areas(self, run_id: str) -> frozenset[str]:
        """The areas in which a leader was heard."""
        h = tables.leader_hearing.c
        return frozenset(
            self._connection.scalars(select(h.area).where(h.run_id == run_id).distinct())
        )

    def counts(self, run_id: str) -> Sequence[tuple[str, str, str, int, int]]:
        """Area, agency, result, households and visits of a run."""
        h = tables.survey_household.c
        rows = self._connection.execute(
            select(h.area, h.agency, h.result, func.count(), func.sum(h.visits))
            .where(h.run_id == run_id)
            .group_by(h.area, h.agency, h.result)
        )
        return [
            (str(area), str(agency), str(result), int(households), int(visits or 0))
            for area, agency, result, households, visits in rows
        ]

    def _visits(self, *conditions: Any) -> tuple[SurveyVisit, ...]:
        v = tables.survey_visit.c
        columns = [column for column in tables.survey_visit.columns if column.name != "sealed"]
        rows = self._connection.execute(
            select(*columns).where(*conditions).order_by(v.on_day, v.id)
        )
        found = []
        for row in rows:
            values = dict(row._mapping)
            values |= {"on": values.pop("on_day"), "result": VisitResult(row.result)}
            found.append(SurveyVisit(**values))
        return tuple(found)


def _of_run(run: CampaignRun) -> dict[str, object]:
    return {
        **vars(run),
        "stage": run.stage.value,
        "preconditions": list(run.preconditions),
        "receivers": dict(run.receivers),
    }


def _run(row: Row[Any]) -> CampaignRun:
    return CampaignRun(
        **{
            **row._mapping,
            "stage": CampaignStage(row.stage),
            "preconditions": tuple(row.preconditions),
            "made_at": in_utc(row.made_at),
            "fixed_at": in_utc(row.fixed_at) if row.fixed_at else None,
        }
    )


def _of_target(target: SurveyTarget) -> dict[str, object]:
    return {**vars(target), "need": target.need.value if target.need else ""}


def _target(row: Row[Any]) -> SurveyTarget:
    return SurveyTarget(
        **{
            **row._mapping,
            "need": NeedLevel(row.need) if row.need else None,
            "replied_at": in_utc(row.replied_at) if row.replied_at else None,
        }
    )


def _of_household(household: SurveyHousehold) -> dict[str, object]:
    return {**vars(household), "result": household.result.value if household.result else ""}


def _household(row: Row[Any]) -> SurveyHousehold:
    result = VisitResult(row.result) if row.result else None
    return SurveyHousehold(**{**row._mapping, "result": result})
