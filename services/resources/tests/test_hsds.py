"""HSDS 3.1: what the directory writes fits the schemas, and reads back as what it was."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some

from kasane_kit.ids import new_id
from kasane_resources.domain import hsds
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.opening import FurtherOpening, in_order
from kasane_resources.domain.organization import Organization
from kasane_resources.domain.profile import Accessibility, CostOption, MicroTask, Vacancy
from kasane_resources.domain.schedule import DAYS, WEEKS, Schedule
from kasane_resources.domain.taxonomy import taxonomy
from services.resources.tests.hsds_schemas import FOLDER, errors, schema

TODAY = date(2026, 11, 21)
words = some.text(some.characters(exclude_categories=("Cc", "Cs")), max_size=12).map(str.strip)
said = words.filter(bool)
days = some.dates(date(2000, 1, 1), TODAY)
clock = some.sampled_from(("", "09:00", "18:30"))
unique_days = some.lists(some.sampled_from(DAYS), unique=True).map(
    lambda found: tuple(day for day in DAYS if day in found)
)


@some.composite
def schedules(draw: some.DrawFn) -> Schedule:
    byday = draw(unique_days)
    weeks = draw(some.sets(some.sampled_from(WEEKS))) if byday else set()
    monthdays = () if byday else tuple(sorted(draw(some.sets(some.integers(1, 31), max_size=3))))
    return Schedule(
        byday,
        draw(clock),
        draw(clock),
        draw(words),
        tuple(week for week in WEEKS if week in weeks),
        monthdays,
        draw(some.integers(1, 4)),
        draw(some.none() | some.just(date(2026, 4, 1))),
        draw(some.none() | some.just(date(2027, 3, 31))),
    )


@some.composite
def areas(draw: some.DrawFn) -> ServiceArea:
    kind = draw(some.sampled_from(AreaKind))
    names = tuple(draw(some.lists(said, max_size=3)))
    if kind is AreaKind.TOWNS:
        names = names or ("生駒市",)
    return ServiceArea(
        kind, names, draw(some.integers(1, 1000)) if kind is AreaKind.RADIUS else None
    )


@some.composite
def vacancies(draw: some.DrawFn) -> Vacancy:
    available = draw(some.none() | some.integers(0, 5))
    asked = draw(days) if available is not None else draw(some.none() | days)
    return Vacancy(available, asked, draw(words))


def openings(entry: HumanServiceEntry) -> some.SearchStrategy[FurtherOpening]:
    """Other times, where the entry has a first one, and other places with or without a time."""
    elsewhere = some.builds(
        FurtherOpening,
        schedules(),
        some.builds(
            Location,
            said,
            words,
            some.sampled_from(("", "292095")),
            some.none() | some.just(Position(34.7, 135.7)),
        ),
    )
    if not entry.schedule.known:
        return elsewhere
    return elsewhere | some.builds(FurtherOpening, schedules().filter(lambda one: one.known))


entries = some.builds(
    HumanServiceEntry,
    name=said,
    kana=words,
    description=words,
    organization_name=some.just(""),
    corporate_number=some.just(""),
    url=some.sampled_from(("", "https://example.jp/a")),
    phone=words,
    email=some.sampled_from(("", "a@example.jp")),
    status=some.sampled_from(ServiceStatus),
    categories=some.lists(some.sampled_from(sorted(taxonomy())), unique=True, max_size=3).map(
        tuple
    ),
    contact_modes=some.lists(some.sampled_from(ContactMode), unique=True).map(tuple),
    referral_needed=some.none() | some.booleans(),
    application_process=words,
    fees_description=words,
    capacity=some.none() | some.integers(5, 100),
    visibility=some.sampled_from(Visibility),
    last_confirmed_on=some.none() | days,
    eligibility=some.builds(
        Eligibility,
        some.none() | some.integers(0, 50),
        some.none() | some.integers(50, 130),
        words,
        areas(),
    ),
    schedule=schedules(),
    location=some.builds(
        Location,
        words,
        words,
        some.sampled_from(("", "292095")),
        some.just(Position(34.6919, 135.7006)),
    ),
    alternate_name=words,
    alert=words,
    vacancy=vacancies(),
    accessibility=some.lists(some.sampled_from(Accessibility), unique=True).map(tuple),
    accessibility_note=words,
    costs=some.lists(
        some.builds(CostOption, said, some.none() | some.integers(0, 9999), words), max_size=3
    ).map(tuple),
    micro_tasks=some.lists(
        some.builds(MicroTask, said, words, some.integers(0, 600)), max_size=3
    ).map(tuple),
).flatmap(
    lambda entry: some.lists(openings(entry), max_size=4).map(
        lambda found: replace(entry, further=in_order(found))
    )
)


def saved(entry: HumanServiceEntry) -> HumanService:
    organization = Organization("018f0000-0000-7000-8000-000000000002", "架空の会", "7000012050002")
    entry = HumanServiceEntry(
        **{**vars(entry), "organization_name": "架空の会", "corporate_number": "7000012050002"}
    )
    return HumanService(
        "018f0000-0000-7000-8000-000000000001",
        entry,
        organization,
        modified_at=datetime(2026, 11, 21, tzinfo=UTC),
        location_id="018f0000-0000-7000-8000-000000000003",
        at_location_id="018f0000-0000-7000-8000-000000000004",
    )


@settings(max_examples=60)
@given(entries)
def test_every_entry_fits_the_schema_and_comes_back_whole(entry: HumanServiceEntry) -> None:
    assert list(entry.problems(TODAY)) == []
    service = saved(entry)

    written = hsds.write_service(service)
    read = hsds.read_service(written, Visibility.SUPPORTERS_ONLY)

    assert errors("service", written) == []
    assert read.entry == service.entry
    assert read.problems == ()
    assert (read.location_id, read.at_location_id, read.organization_id) == (
        service.location_id,
        service.at_location_id,
        "018f0000-0000-7000-8000-000000000002",
    )


@settings(max_examples=30)
@given(some.lists(entries, max_size=3))
def test_as_csv_tables_nothing_is_lost_either(found: list[HumanServiceEntry]) -> None:
    services = [
        HumanService(
            f"018f0000-0000-7000-8000-00000000001{place}",
            entry,
            location_id=f"018f0000-0000-7000-8000-00000000002{place}",
            at_location_id=f"018f0000-0000-7000-8000-00000000003{place}",
        )
        for place, entry in enumerate(found)
    ]

    tables = hsds.to_tables(map(hsds.write_service, services))
    sent = {name: _through_csv(rows, hsds.COLUMNS[name]) for name, rows in tables.items()}
    read = [hsds.read_service(one, Visibility.PUBLIC) for one in hsds.from_tables(sent)]

    assert [one.entry for one in read] == found
    assert [one.problems for one in read] == [()] * len(found)


def _through_csv(rows: list[dict], columns: tuple[str, ...]) -> list[dict]:
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, columns)
    table.writeheader()
    table.writerows(rows)
    return list(csv.DictReader(io.StringIO(written.getvalue(), newline="")))


def test_the_same_small_task_twice_stays_twice() -> None:
    task = MicroTask("清掃")
    service = saved(HumanServiceEntry(name="ひだまり商店", micro_tasks=(task, task)))

    tables = hsds.to_tables([hsds.write_service(service)])

    [read] = [hsds.read_service(one, Visibility.PUBLIC) for one in hsds.from_tables(tables)]
    assert read.entry.micro_tasks == (task, task)


def test_every_column_of_our_tables_is_one_of_hsds_and_every_needed_one_is_there() -> None:
    for path in sorted(FOLDER.glob("*.json")):
        known = schema(path.stem)
        table = known["path"].removesuffix(".csv")
        if table not in hsds.COLUMNS:
            continue
        columns = hsds.COLUMNS[table]
        assert set(columns) <= set(known["properties"]), table
        needed = {*known.get("required", ()), *known.get("tabular_required", ())}
        plain = {name for name in needed if known["properties"][name].get("type") != "array"}
        assert plain - {"unit"} <= set(columns), table


def test_taxonomies_and_terms_fit_their_schemas() -> None:
    assert [errors("taxonomy", dict(one)) for one in hsds.known_taxonomies()] == [[], []]
    wrong = [errors("taxonomy_term", dict(one)) for one in hsds.known_terms().values()]
    assert wrong == [[]] * len(hsds.known_terms())
    assert all(UUID(one["id"]).version == 5 for one in hsds.known_terms().values())


def test_what_a_foreign_service_says_beyond_the_directory_is_named() -> None:
    foreign = {
        "id": new_id(),
        "name": "Community Counselling",
        "status": "active",
        "wait_time": "two weeks",
        "phones": [{"id": "1", "number": "0743-00-0000"}, {"id": "2", "number": "0743-00-0001"}],
        "schedules": [{"id": "1", "freq": "MONTHLY", "byday": "1SA,3SU", "opens_at": "10:00:00"}],
        "minimum_age": 12.5,
        "cost_options": [{"id": "1", "option": "adult", "amount": 10, "currency": "GBP"}],
    }

    read = hsds.read_service(foreign, Visibility.TOWN_HALL)

    assert read.entry.visibility is Visibility.TOWN_HALL
    assert read.entry.phone == "0743-00-0000"
    assert read.entry.schedule == Schedule(opens_at="10:00")
    assert read.entry.eligibility.minimum_age is None
    assert read.entry.costs == (CostOption("adult", None, "10 GBP"),)
    assert [(one.column, one.code) for one in read.problems] == [
        ("wait_time", "hsds_not_held"),
        ("phones", "hsds_only_first"),
        ("minimum_age", "not_a_number"),
        ("schedules", "hsds_rule_not_held"),
    ]
