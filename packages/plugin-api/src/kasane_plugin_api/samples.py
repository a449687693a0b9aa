"""Sample snapshots for trying a plugin out: invented, few, and different where rules differ."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product

from kasane_plugin_api.answers import AttendeeKind, LegalKind
from kasane_plugin_api.community import CommunityLevel, IssueView
from kasane_plugin_api.views import (
    CandidateView,
    CaseView,
    ConsentView,
    ConsultationView,
    NeedView,
    PersonView,
    PlanView,
    ScreeningView,
    SessionView,
    SheetView,
)

DAYS = (date(2022, 12, 19), date(2023, 6, 1), date(2024, 4, 1), date(2026, 11, 2), date(2031, 4, 1))
CONSENT_STATES = ("not_asked", "pending", "refused", "given", "withdrawn", "expired", "unable")

_SCREENINGS = (
    ScreeningView(),
    ScreeningView(single_agency_enough=True),
    ScreeningView(single_agency_enough=False),
    ScreeningView(single_agency_enough=False, ordinary_cooperation_enough=True),
    ScreeningView(single_agency_enough=False, ordinary_cooperation_enough=False),
)
_CONSULTATIONS = (
    *(
        ConsultationView(
            channel="desk",
            desk="window",
            categories=("withdrawal_truancy", "taxes_utilities"),
            main_category="taxes_utilities",
            received_on=date(2026, 11, 2),
            screening=screening,
        )
        for screening in _SCREENINGS
    ),
    ConsultationView("telephone", "", ("nursing_care",), "nursing_care", urgent=True, area="1"),
    ConsultationView("survey", "window", area="unknown", extensions={"x": {"answer": "yes"}}),
)
_CASES = (
    CaseView("sample-1", "in_support", support_decided=True, need_categories=("income",), area="1"),
    CaseView("sample-2", "outreach"),
)


def sample_arguments(
    arguments: Sequence[str], codes: Sequence[str] = ()
) -> Iterator[dict[str, object]]:
    """Every combination of samples for the named arguments of a hook.

    ``codes`` are the plugin's own codes; they are tried wherever a question takes a code. Raises
    KeyError for an argument without samples, so that a new one cannot be forgotten.
    """
    bodies = tuple(dict.fromkeys((*LegalKind, "unknown", *codes)))
    samples: Mapping[str, Sequence[object]] = {
        "area": ("", "1", "4", "unknown"),
        "attendee": tuple(AttendeeKind),
        "body": tuple(str(body) for body in bodies),
        "case": _CASES,
        "channel": ("desk", "telephone", "survey"),
        "consent": tuple(ConsentView(PersonView("p-1", 52), state) for state in CONSENT_STATES),
        "consultation": _CONSULTATIONS,
        "feature": tuple(dict.fromkeys(("unknown", *codes))),
        "issue": tuple(
            IssueView("withdrawal_truancy", level, areas)
            for level, areas in zip(CommunityLevel, (("1",), ("1", "2"), ()), strict=True)
        ),
        "kind": ("multi_agency", "outreach", "participation", "unknown"),
        "members": (0, 1, 11, 12),
        "candidates": (
            (),
            (
                CandidateView("s1", "商店街の会", ("micro_task",), 60.0, ("値札貼り",)),
                CandidateView("s2", "相談室", ("general_advice",), 55.0),
            ),
        ),
        "need": (NeedView("withdrawal_truancy"), NeedView("nursing_care", "1")),
        "on": DAYS,
        "plan": tuple(PlanView(kind, DAYS[3]) for kind in ("multi_agency", "outreach")),
        "present": (0, 6, 7, 12),
        "purpose": ("multi_agency", "handoff", "unknown"),
        "report": ("annual", "unknown"),
        "scope": ("household", "member", "unknown"),
        "session": tuple(SessionView(str(body), DAYS[3]) for body in bodies),
        "sheet": (
            SheetView("window", "other", DAYS[3], consent=True),
            SheetView("window", "other"),
        ),
        "urgent": (False, True),
        "year": (2022, 2023, 2024, 2026, 2031),
    }
    for values in product(*(samples[name] for name in arguments)):
        yield dict(zip(arguments, values, strict=True))
