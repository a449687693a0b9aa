"""A run of a campaign in numbers: from its list while there is one, from what was kept of it afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from kasane_outreach.domain.area_survey import AgencyMonth, AreaProgress, SurveyVisit
from kasane_outreach.domain.campaign_run import CampaignRun
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.survey import PostalCounts
from kasane_outreach.repository.campaigns import AreaSurveys, SurveyTargets


def postal_counts(connection: Connection, run: CampaignRun) -> PostalCounts:
    """How many were written to, answered, need what."""
    if run.kept_counts is not None:
        return PostalCounts(**run.kept_counts["postal"])
    return PostalCounts.of(SurveyTargets(connection).of_run(run.id))


def area_progress(connection: Connection, run: CampaignRun) -> Sequence[AreaProgress]:
    """How far each area is, by name."""
    if run.kept_counts is not None:
        return [AreaProgress(**one) for one in run.kept_counts["areas"]]
    heard = AreaSurveys(connection).heard_areas(run.id)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for area, agency, result, households, visits in AreaSurveys(connection).counts(run.id):
        counts = found.setdefault((area, agency), {})
        counts[result] = counts.get(result, 0) + households
        counts["visits"] = counts.get("visits", 0) + visits
    return [
        AreaProgress(
            area=area,
            agency=agency,
            households=sum(count for name, count in counts.items() if name != "visits"),
            met=counts.get("met", 0),
            absent=counts.get("absent", 0),
            refused=counts.get("refused", 0),
            moved=counts.get("moved", 0),
            worrying=counts.get("worrying", 0),
            visits=counts["visits"],
            heard=area in heard,
        )
        for (area, agency), counts in sorted(found.items())
    ]


def agency_months(connection: Connection, run: CampaignRun, month: date) -> Sequence[AgencyMonth]:
    """What each agency did in the month of a day, by name."""
    first = month.replace(day=1)
    if run.kept_counts is not None:
        kept = run.kept_counts["months"].get(first.isoformat(), [])
        return [AgencyMonth(**one) for one in kept]
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    found: dict[str, list[SurveyVisit]] = {}
    for visit in AreaSurveys(connection).visits_between(run.id, first, last):
        found.setdefault(visit.agency, []).append(visit)
    return [
        AgencyMonth(
            agency=agency,
            households=len({visit.household_id for visit in made}),
            visits=len(made),
            by_result={
                result.value: sum(1 for visit in made if visit.result is result)
                for result in VisitResult
            },
        )
        for agency, made in sorted(found.items())
    ]


def counts_of_run(connection: Connection, run: CampaignRun) -> Mapping[str, Any]:
    """Everything that is kept of a run whose list goes: numbers by area, agency and month, and nobody's name."""
    return {
        "postal": asdict(postal_counts(connection, run)),
        "areas": [asdict(one) for one in area_progress(connection, run)],
        "months": {
            month.isoformat(): [asdict(one) for one in agency_months(connection, run, month)]
            for month in AreaSurveys(connection).months(run.id)
        },
    }
