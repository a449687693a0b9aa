"""Each town's years as the generator makes them, and the figures that an officer states in the portal."""

from collections.abc import Callable, Mapping
from datetime import date

from tests.support.published_years import PublishedYears

Stated = tuple[tuple[str, str, str], ...]
YEAR = {year: (date(year, 4, 1), date(year + 1, 3, 31)) for year in range(2016, 2027)}


def hokuei(years: PublishedYears) -> None:
    agencies = (*["agency"] * 18, "commissioner", "person")
    body = "comprehensive_support_conference"
    before = years.consultations(159, *YEAR[2021], persons=20, visits=60, routes=agencies)
    years.sessions(33, *YEAR[2021], body, "support_conference")
    years.sessions(9, *YEAR[2021], "connecting_meeting")
    again = years.consultations(
        245, *YEAR[2022], persons=41, visits=90, routes=agencies, known=before[:7]
    )
    years.sessions(51, *YEAR[2022], body, "support_conference")
    until, after = date(2023, 9, 30), date(2023, 10, 1)
    years.consultations(
        155, date(2023, 4, 1), until, persons=21, visits=55, routes=agencies, known=again[:5]
    )
    years.sessions(22, date(2023, 4, 1), until, body, "support_conference")
    years.consultations(30, after, date(2024, 3, 31), persons=9, routes=agencies)
    years.sessions(12, after, date(2024, 3, 31), body, "support_conference")


def yonago(years: PublishedYears) -> None:
    years.consultations(499, *YEAR[2022], persons=300, desk="general_support_center")
    years.consultations(40, *YEAR[2022], persons=30, desk="welfare_policy")
    years.consultations(12, *YEAR[2021], desk="general_support_center")
    of_cases = years.cases(44, date(2022, 4, 1))
    years.sessions(27, *YEAR[2022], "multi_agency_conference", "multi_agency_conference", of_cases)
    years.sessions(6, *YEAR[2022], "contacts_meeting")
    years.training(
        {"resident": 33, "professional": 50, "commissioner": 12},
        *YEAR[2022],
        ("basic", "personal_support", "multi_layered"),
    )


def eniwa(years: PublishedYears) -> None:
    of_cases = years.cases(6, date(2024, 4, 1))
    others = years.cases(4, date(2024, 4, 1))
    first, last = date(2024, 4, 1), date(2026, 3, 31)
    years.sessions(13, first, last, "support_conference", "support_conference", of_cases)
    years.sessions(5, first, last, "multi_agency_conference", "multi_agency_conference", others)
    years.sessions(3, *YEAR[2023], "support_conference", "support_conference", others)


def kasugai(years: PublishedYears) -> None:
    corner = {"desk": "self_reliance_corner", "categories": ("withdrawal_truancy",)}
    known = years.consultations(22, *YEAR[2024], persons=14, **corner)  # type: ignore[arg-type]
    years.consultations(
        60,
        date(2025, 4, 1),
        date(2026, 1, 31),
        persons=36 + 5,
        known=known[:5],
        **corner,  # type: ignore[arg-type]
    )
    years.consultations(7, date(2026, 2, 1), date(2026, 3, 31), persons=7, **corner)  # type: ignore[arg-type]
    years.consultations(4, *YEAR[2024], persons=4, routes=("commissioner",))
    years.consultations(30, *YEAR[2024], persons=20)
    years.sessions(15, *YEAR[2024], "support_conference", "support_conference")
    years.sessions(8, *YEAR[2024], "multi_agency_conference", "multi_agency_conference")
    for year, held in ((2023, 1), (2024, 2), (2025, 2)):
        years.sessions(held, *YEAR[year], "isolation_liaison")
    years.network(
        "food_drive",
        {2023: 32, 2024: 36, 2025: 41},
        {
            "meals": {2023: 21, 2024: 24, 2025: 28},
            "pantry": {2023: 12, 2024: 12, 2025: 12},
            "collection": {2023: 5, 2024: 5, 2025: 6},
            "bank": {2023: 2, 2024: 2, 2025: 2},
            "other": {2023: 3, 2024: 4, 2025: 4},
        },
    )
    for year, given in ((2023, 7), (2024, 8), (2025, 11)):
        years.donations("food_drive", given, *YEAR[year])
    years.members("platform_east", 33, date(2023, 10, 1))
    years.members("platform_west", 36, date(2025, 6, 1))
    years.members("platform_west", 2, date(2026, 5, 1))
    years.training({"professional": 80}, *YEAR[2021], ("joint_training",))
    years.training({"professional": 44, "town_staff": 30}, *YEAR[2025], ("joint_training",))
    years.training({"professional": 25}, *YEAR[2026], ("joint_training",))


def nothing(_years: PublishedYears) -> None:
    """A town without published counts: 仙北市 has none, 生駒市 has cadences only."""


YEARS: Mapping[str, Callable[[PublishedYears], None]] = {
    "hokuei": hokuei,
    "yonago": yonago,
    "eniwa": eniwa,
    "kasugai": kasugai,
    "ikoma": nothing,
    "senboku": nothing,
}

STATED: Mapping[str, Stated] = {
    "hokuei": (
        ("traits_base", "2021+2023", "91"),
        ("complex_households", "2018", "112"),
        ("withdrawn_persons", "2018", "54"),
        ("ageing", "2023-04-01", "36.0"),
        ("daiei_population", "2023-04-01", "7,264"),
        ("daiei_households", "2023-04-01", "2688"),
        ("daiei_ageing", "2023-04-01", "38.1"),
        ("daiei_associations", "2023-04-01", "33"),
        ("hojo_population", "2023-04-01", "7187"),
        ("hojo_households", "2023-04-01", "2805"),
        ("hojo_ageing", "2023-04-01", "33.7"),
        ("hojo_associations", "2023-04-01", "30"),
        ("corporations", "2021", "5"),
    ),
    "yonago": (
        ("staff_head", "2024-01-16", "1"),
        ("staff_support", "2024-01-16", "3"),
        ("staff_clerks", "2024-01-16", "2"),
        ("staff_seconded", "2024-01-16", "20"),
    ),
    "eniwa": (
        ("panel_limit", "2025", "12"),
        ("panel_members", "2025", "12"),
        ("living_areas", "2026", "4"),
    ),
    "kasugai": (
        ("promoters", "2022", "2"),
        ("promoters", "2023", "3.5"),
        ("promoters", "2024", "3"),
        ("promoters", "2025", "4"),
        ("resident_services", "2016", "32"),
        ("resident_services", "2024", "131"),
        ("company_cooperation", "2016", "—"),
        ("company_cooperation", "2024", "8"),
        ("crossing_groups", "2016", "—"),
        ("crossing_groups", "2024", "15"),
        ("study_departments", "2026-03", "7"),
        ("study_agencies", "2026-03", "10"),
        ("support_centers", "2026-03", "12"),
        ("core_center", "2026-03", "1"),
    ),
    "ikoma": (("desks", "2023-06-01", "23"), ("lead_promoters", "2023-06-01", "2")),
    "senboku": (),
}
