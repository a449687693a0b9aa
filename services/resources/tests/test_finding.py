"""Finding entries: words of any length and spelling, by meaning, with filters, and why each is found."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, text

from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_resources import queries
from kasane_resources.commands import ChangeHumanService, PublishHumanService
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.matching import MatchingPolicy, match_rows
from kasane_resources.domain.need import Need
from kasane_resources.domain.profile import CostOption
from kasane_resources.domain.schedule import Schedule, week_bits
from kasane_resources.domain.searching import (
    DirectorySearch,
    FoundIn,
    FoundReason,
    answers,
)
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.handlers import change_human_service, publish_human_service
from kasane_resources.repository import candidates

CAFE = HumanServiceEntry(
    name="サードプレイス ひなた",
    kana="サードプレイスヒナタ",
    description="だれでも寄れる場所です。ＬＩＮＥで連絡できます",
    categories=("place_to_be",),
    contact_modes=(ContactMode.LINE,),
    referral_needed=False,
    fees_description="無料",
    schedule=Schedule(("SA",), "10:00", "16:00", weeks=(1, 3)),
    eligibility=Eligibility(area=ServiceArea(AreaKind.TOWNS, ("生駒市",))),
)
OFFICE = HumanServiceEntry(
    name="就労相談",
    categories=("job_support",),
    contact_modes=(ContactMode.HOME_VISIT,),
    referral_needed=True,
    costs=(CostOption("資料代", 300),),
    schedule=Schedule(("MO",), "09:00", "17:00"),
    eligibility=Eligibility(area=ServiceArea(AreaKind.TOWNS, ("恵庭市",))),
)
CLEARING = HumanServiceEntry(name="かたづけ隊", categories=("clearing_up",))


def publish(bench: Workbench, *entries: HumanServiceEntry) -> list[str]:
    made = []
    for entry in entries:
        with bench.unit(bench.staff("coordinator")) as uow:
            made.append(
                publish_human_service(PublishHumanService(new_id(), entry), uow, bench.hooks)
            )
    return made


def names(bench: Workbench, search: DirectorySearch) -> list[str]:
    with bench.reading() as connection:
        found = queries.human_services(connection, bench.staff("coordinator"), search)
        assert queries.count_human_services(connection, bench.staff("coordinator"), search) == len(
            found
        )
    return [one.entry.name for one in found]


@pytest.mark.parametrize(
    "words",
    [
        "ひ",
        "就",
        "居場所",
        "ﾋﾅﾀ",
        "ひなた",
        "寄れる",
        "LINE",
        "ごみ屋敷",
        "場所 連絡",
        "かた",
        "隊",
    ],
)
def test_terms_of_every_length_find_what_they_name_or_mean(
    workbench: Workbench, words: str
) -> None:
    expected = {
        "ひ": "サードプレイス ひなた",
        "就": "就労相談",
        "ごみ屋敷": "かたづけ隊",
        "かた": "かたづけ隊",
        "隊": "かたづけ隊",
    }
    publish(workbench, CAFE, OFFICE, CLEARING)

    assert names(workbench, DirectorySearch(words)) == [
        expected.get(words, "サードプレイス ひなた")
    ]


def test_a_name_comes_before_a_text_and_a_text_before_a_meaning(workbench: Workbench) -> None:
    by_text = HumanServiceEntry(name="あの会", description="片付けのお手伝い")
    by_name = HumanServiceEntry(name="ん片付けの会")
    publish(workbench, CLEARING, by_text, by_name)

    assert names(workbench, DirectorySearch("片付け")) == ["ん片付けの会", "あの会", "かたづけ隊"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (DirectorySearch(day="SA"), ["サードプレイス ひなた"]),
        (DirectorySearch(by_line=True), ["サードプレイス ひなた"]),
        (DirectorySearch(visits=True), ["就労相談"]),
        (DirectorySearch(free=True), ["サードプレイス ひなた"]),
        (DirectorySearch(without_referral=True), ["サードプレイス ひなた"]),
        (DirectorySearch(category="job_support"), ["就労相談"]),
        (DirectorySearch(usable_in="292095", town_name="生駒市"), ["サードプレイス ひなた"]),
        (DirectorySearch("相談", day="SA"), []),
        (
            DirectorySearch(open_at=datetime(2026, 11, 21, 10, 0, tzinfo=UTC)),
            ["サードプレイス ひなた"],
        ),
        (DirectorySearch(open_at=datetime(2026, 11, 14, 10, 0, tzinfo=UTC)), []),
        (DirectorySearch(open_at=datetime(2026, 11, 21, 16, 0, tzinfo=UTC)), []),
        (DirectorySearch(open_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC)), ["就労相談"]),
    ],
)
def test_filters_leave_what_they_say(
    workbench: Workbench, search: DirectorySearch, expected: list[str]
) -> None:
    publish(workbench, CAFE, OFFICE)

    assert names(workbench, search) == expected


def test_the_list_goes_on_where_it_stopped_and_shows_each_entry_once(workbench: Workbench) -> None:
    publish(workbench, *(replace(CAFE, name=f"居場所{n:02d}", kana="") for n in range(7)))
    publish(workbench, replace(CAFE, name="ほか", kana=""))
    search, shown, after = DirectorySearch("居場所"), [], None
    coordinator = workbench.staff("coordinator")

    with workbench.reading() as connection:
        while part := queries.human_services(connection, coordinator, search, after=after, most=3):
            shown += [one.entry.name for one in part]
            after = queries.place_in(connection, search, part[-1].id)

    assert shown == [*(f"居場所{n:02d}" for n in range(7)), "ほか"]


def test_the_nearest_comes_first(workbench: Workbench) -> None:
    for name, north in (("遠い", 0.05), ("近い", 0.01), ("外", 0.2)):
        place = Location(position=Position(34.69 + north, 135.70))
        publish(workbench, HumanServiceEntry(name=name, location=place))

    assert names(workbench, DirectorySearch(near=Position(34.69, 135.70))) == ["近い", "遠い"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("居場所", FoundReason(FoundIn.NAME, "居場所", "サードプレイス")),
        ("ﾖﾚﾙ", FoundReason(FoundIn.DESCRIPTION, "ﾖﾚﾙ", "寄れる")),
        ("寄れる", FoundReason(FoundIn.DESCRIPTION, "寄れる", "寄れる")),
        ("line", FoundReason(FoundIn.DESCRIPTION, "line", "ＬＩＮＥ")),
    ],
)
def test_an_entry_says_why_it_is_found(words: str, expected: FoundReason) -> None:
    found = list(answers(DirectorySearch(words), HumanService("s1", CAFE)))

    assert found == ([expected] if words != "ﾖﾚﾙ" else [])


def test_an_entry_found_by_meaning_names_its_kind() -> None:
    found = list(answers(DirectorySearch("ごみ屋敷"), HumanService("s1", CLEARING)))

    assert found == [FoundReason(FoundIn.MEANING, "ごみ屋敷", taxonomy()["clearing_up"].ja)]


@pytest.mark.parametrize(
    ("day", "weeks"), [(1, 0b000001), (21, 0b000100), (22, 0b001000), (29, 0b110000)]
)
def test_weeks_of_the_month_are_counted_by_sevens_and_the_last_is_known(
    day: int, weeks: int
) -> None:
    assert week_bits(date(2026, 11, day)) == weeks


NEED = Need("", (), "292095", town_name="生駒市", description="ひきこもりの居場所がほしい")


def suggested(bench: Workbench) -> list[str]:
    with bench.reading() as connection:
        shelf = candidates(connection, NEED)
        found = match_rows(NEED, shelf, MatchingPolicy(taxonomy(), date(2026, 11, 21)))
    return [one.human_service.entry.name for one in found.matches]


def test_what_is_remembered_of_an_entry_follows_every_change_of_it(workbench: Workbench) -> None:
    (service_id,) = publish(workbench, CAFE)
    assert suggested(workbench) == ["サードプレイス ひなた"]

    for entry, expected in (
        (replace(CAFE, name="新しい名前"), ["新しい名前"]),
        (replace(CAFE, status=ServiceStatus.TEMPORARILY_CLOSED), []),
        (replace(CAFE, eligibility=OFFICE.eligibility), []),
        (CAFE, ["サードプレイス ひなた"]),
    ):
        with workbench.reading() as connection:
            version = queries.human_service(
                connection, workbench.staff("coordinator"), service_id
            ).version
        with workbench.unit(workbench.staff("coordinator")) as uow:
            command = ChangeHumanService(service_id, entry, version)
            change_human_service(command, uow, workbench.hooks)
        assert suggested(workbench) == expected


def test_a_change_that_was_rolled_back_is_not_remembered(workbench: Workbench) -> None:
    publish(workbench, CAFE)
    with workbench.unit(workbench.staff("coordinator")) as uow:
        uow.connection.execute(text("UPDATE resources_finding SET active = false, mark = 1"))
        assert candidates(uow.connection, NEED).rows.tolist() == []

    assert suggested(workbench) == ["サードプレイス ひなた"]


def test_the_page_says_why_an_entry_is_found_and_keeps_the_filters(workbench: Workbench) -> None:
    publish(workbench, CAFE, OFFICE)

    page = workbench.visit_as(workbench.staff("coordinator")).get(
        "/human-services?q=居場所&free=1&area=town&day=SA&open_now="
    )

    assert "名前に「サードプレイス」があります。" in page.text
    assert "就労相談" not in page.text.split("</form>")[-1]
    assert 'name="free" value="1" checked' in page.text
    assert 'name="visits" value="1" checked' not in page.text


def test_candidates_are_chosen_by_indexes_and_no_table_of_entries_is_read_through(
    workbench: Workbench,
) -> None:
    publish(workbench, CAFE)
    need = replace(NEED, position=Position(34.69, 135.70))

    with workbench.reading() as connection:
        seen: list[tuple[str, object]] = []
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _cursor, statement, parameters, *_: seen.append((statement, parameters)),
        )
        candidates(connection, need)
        statement, parameters = next(one for one in seen if "UNION ALL" in one[0])
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()

    plan = [str(row[-1]) for row in rows]
    assert any("resources_finding_point" in step for step in plan)
    assert [step for step in plan if step.startswith("SCAN resources_")] == []


def test_a_worker_searches_around_the_place_of_an_entry_and_reads_how_far_each_is(
    workbench: Workbench,
) -> None:
    def at(name: str, latitude: float, **more: object) -> HumanServiceEntry:
        place = Location("", "", "292095", Position(latitude, 135.70))
        return replace(CLEARING, name=name, location=place, **more)

    school, near, far = at("東小学校", 34.70), at("近くの食堂", 34.71), at("遠くの食堂", 34.76)
    school_id, _, _, nowhere_id = publish(workbench, school, near, far, CLEARING)
    worker = workbench.visit_as(workbench.staff("coordinator"))

    there = worker.get(f"/human-services/{school_id}").text
    within_2 = worker.get(f"/human-services?near={school_id}&within=2").text
    within_10 = worker.get(f"/human-services?near={school_id}&within=10").text
    made_up = worker.get(f"/human-services?near={school_id}&within=999").text
    placeless = worker.get(f"/human-services?near={nowhere_id}").text

    assert f"near={school_id}&amp;within=5" in there
    assert "近くの食堂" in within_2
    assert "遠くの食堂" not in within_2
    assert (
        within_10.index("東小学校") < within_10.index("近くの食堂") < within_10.index("遠くの食堂")
    )
    assert "直線で約1.1km" in within_10
    assert "かたづけ隊" not in within_10
    assert '<option value="10" selected>' in made_up
    assert "かたづけ隊" in placeless


def test_an_entry_that_may_not_be_seen_is_no_place_to_search_around(workbench: Workbench) -> None:
    hidden = replace(
        CLEARING,
        name="支援者だけの場所",
        visibility=Visibility.SUPPORTERS_ONLY,
        location=Location("", "", "292095", Position(34.70, 135.70)),
    )
    hidden_id = publish(workbench, hidden)[0]
    onlooker = workbench.visit_as(workbench.staff("intake_worker"))

    page = onlooker.get(f"/human-services?near={hidden_id}&within=2").text

    assert "支援者だけの場所" not in page
