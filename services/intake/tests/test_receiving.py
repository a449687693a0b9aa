"""Takes consultations through every channel, from anybody, about anybody."""

from datetime import date
from typing import Any, cast

import pytest

from kasane_contracts.intake import ConsultationReceived
from kasane_intake.domain.categories import NATIONAL, canonical, national_codes, unmapped
from kasane_intake.domain.consultation import ContactPerson
from kasane_intake.domain.reception import BroughtBy, Channel, Reception, SurveyNeed
from kasane_kit.plugins.catalogue import catalogue
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_plugin_api import PluginKind

HEARD: dict[str, Any] = {
    "desk": "zei",
    "channel": "telephone",
    "story": "となりの家の方が何日も出てこない。",
}
NEIGHBOUR: dict[str, Any] = {"name": "近田 知子", "kana": "ちかだ ともこ", "phone": "000-1111-2222"}


def take(bench: Workbench, office: str = "zei", **body: Any) -> Any:
    """What the API answers when the desk takes this consultation."""
    desk = bench.visit_as(bench.staff("receiver", office=office))
    return desk.send_json("POST", "/api/v1/consultations", {**HEARD, **body})


@pytest.mark.parametrize("channel", [channel.value for channel in Channel])
def test_every_channel_is_taken_with_what_it_needs(workbench: Workbench, channel: str) -> None:
    needed = {
        "letter": {"written_on": "2026-04-02"},
        "email": {"written_on": "2026-04-02"},
        "agency": {"agency": "架空第一包括"},
        "survey": {"campaign": "survey", "need": "some"},
    }.get(channel, {})

    answer = take(workbench, channel=channel, reception=needed)

    assert answer.status_code == 201
    (said,) = workbench.said(ConsultationReceived)
    assert said.channel == channel


@pytest.mark.parametrize(
    ("channel", "reception", "code"),
    [
        ("letter", {}, "letter_needs_its_date"),
        ("email", {}, "letter_needs_its_date"),
        ("letter", {"written_on": "2100-01-01"}, "letter_from_the_future"),
        ("agency", {}, "agency_needs_its_name"),
        ("survey", {"campaign": "survey"}, "survey_needs_a_reply"),
        ("survey", {"need": "high"}, "survey_needs_a_reply"),
    ],
)
def test_what_a_channel_needs_is_asked_for_in_a_sentence(
    workbench: Workbench, channel: str, reception: dict[str, str], code: str
) -> None:
    answer = take(workbench, channel=channel, reception=reception)

    assert answer.status_code == 422
    assert answer.json["type"] == f"urn:kasane:problem:{code}"
    assert answer.json["title"]
    assert workbench.said() == []


def test_the_page_asks_for_the_date_of_a_letter_at_its_field_and_loses_nothing(
    workbench: Workbench,
) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    answer = desk.post(
        "/consultations/new",
        {**HEARD, "channel": "letter", "route": "family", "do_not_contact": "夜は電話しない"},
    )

    assert answer.status_code == 422
    assert 'href="#field-written_on"' in answer.text
    assert "手紙・メールの日付が書かれていません。" in answer.text
    assert 'value="夜は電話しない"' in answer.text
    assert '<option value="family" selected>' in answer.text
    assert '<details class="k-details" open>' in answer.text
    assert workbench.said() == []


def test_a_commissioner_who_telephones_is_counted_by_route(workbench: Workbench) -> None:
    take(workbench, reception={"route": "commissioner"})

    (said,) = workbench.said(ConsultationReceived)
    assert (said.channel, said.route) == ("telephone", "commissioner")


def test_the_channel_says_the_route_when_nobody_did() -> None:
    assert Reception().route_by(Channel.WEB_COMMISSIONER) is BroughtBy.COMMISSIONER
    assert Reception().route_by(Channel.TELEPHONE) is None
    assert Reception(route=BroughtBy.FAMILY).route_by(Channel.AGENCY) is BroughtBy.FAMILY


def test_who_heard_it_is_the_person_at_the_keyboard_unless_another_is_named(
    workbench: Workbench,
) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei", name="窓口 花"))

    own = desk.post("/consultations/new", HEARD).headers["Location"].split("/292095", 1)[1]
    other = desk.post("/consultations/new", {**HEARD, "heard_by": "夜間 当番"})

    assert "<dd>窓口 花</dd>" in desk.get(own).text
    assert "<dd>夜間 当番</dd>" in desk.get(other.headers["Location"].split("/292095", 1)[1]).text


def test_nobody_has_to_have_a_name(workbench: Workbench) -> None:
    answer = take(workbench, persons=[{"description": "三丁目の角の家の高齢の男性"}])

    (said,) = workbench.said(ConsultationReceived)
    assert [(p.name, p.description) for p in said.persons] == [("", "三丁目の角の家の高齢の男性")]
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    assert "三丁目の角の家の高齢の男性" in desk.get(f"/consultations/{answer.json['id']}").text


def test_a_carer_is_a_person_concerned_in_their_own_right(workbench: Workbench) -> None:
    answer = take(
        workbench,
        persons=[
            {"name": "西野 よね", "relation": "母"},
            {"name": "西野 かおる", "relation": "長女", "carer": True, "birth_date": "2012-04-02"},
        ],
    )

    (said,) = workbench.said(ConsultationReceived)
    assert [(p.name, p.carer) for p in said.persons] == [
        ("西野 よね", False),
        ("西野 かおる", True),
    ]
    assert answer.json["persons"][1]["carer"] is True
    page = workbench.visit_as(workbench.staff("receiver", office="zei")).get(
        f"/consultations/{answer.json['id']}"
    )
    assert "ケアラー（家族などの世話をしている方）" in page.text


def test_i_11_a_hidden_complainant_is_in_no_event(workbench: Workbench) -> None:
    take(
        workbench,
        contact={**NEIGHBOUR, "hidden": True},
        story="近田知子さん（チカダではなく、ちかだ）が 000 1111 2222 から。となりの家の子が泣いている。",
    )

    (said,) = workbench.said(ConsultationReceived)
    assert said.story == (
        "（情報の提供者）さん（チカダではなく、（情報の提供者））が （情報の提供者） から。"
        "となりの家の子が泣いている。"
    )
    assert all("近田" not in str(event) and "知子" not in str(event) for event in workbench.said())


def test_i_11_another_office_reads_nothing_of_a_hidden_complainant(workbench: Workbench) -> None:
    told = take(
        workbench, contact={**NEIGHBOUR, "hidden": True}, story="近田 知子さんから。泣き声がする。"
    ).json
    coordinator = workbench.visit_as(workbench.staff("coordinator", office="fukushi"))

    by_api = coordinator.send_json("GET", f"/api/v1/consultations/{told['id']}").json
    page = coordinator.get(f"/consultations/{told['id']}").text
    found = coordinator.get("/consultations?q=近田").text

    assert by_api["contact"] == {
        "name": "",
        "kana": "",
        "relation": "",
        "phone": "",
        "hidden": True,
    }
    assert by_api["story"] == "（情報の提供者）さんから。泣き声がする。"
    assert "近田" not in page
    assert "000-1111-2222" not in page
    assert told["number"] not in found
    own = workbench.visit_as(workbench.staff("receiver", office="zei"))
    assert "近田 知子" in own.get(f"/consultations/{told['id']}").text


def test_a_complainant_who_is_not_hidden_stays_in_the_story() -> None:
    assert ContactPerson(name="近田 知子").taken_out_of("近田 知子さん") == "近田 知子さん"


def test_i_17_only_a_reply_makes_a_consultation_and_it_is_no_consent(workbench: Workbench) -> None:
    answer = take(
        workbench,
        channel="survey",
        reception={"campaign": "survey", "need": "high"},
        persons=[{"name": "森田 あきら"}],
    )
    refused = take(
        workbench, channel="survey", reception={"campaign": "survey", "need": "no_reply"}
    )

    (said,) = workbench.said(ConsultationReceived)
    assert [p.given_consent for p in said.persons] == [False]
    assert (said.survey_campaign, said.survey_next_step) == ("survey", "visit")
    assert answer.json["reception"]["need"] == "high"
    assert refused.status_code == 422
    assert {need.value: need.next_step for need in SurveyNeed} == {
        "high": "visit",
        "some": "event",
        "none": "",
    }


def test_the_page_of_a_reply_says_what_comes_next_and_when_not_to_call(
    workbench: Workbench,
) -> None:
    told = take(
        workbench,
        channel="survey",
        reception={"campaign": "s1", "need": "some", "do_not_contact": "家族に知られたくない"},
    ).json
    page = workbench.visit_as(workbench.staff("receiver", office="zei")).get(
        f"/consultations/{told['id']}"
    )

    assert "アンケートの返事から：相談会を案内します。" in page.text
    assert "連絡してはいけません：家族に知られたくない" in page.text


def test_the_town_counts_in_national_words_and_shows_its_own(make_workbench: BenchMaker) -> None:
    bench = make_workbench("intake", {TOWN: ("yonago",)})
    desk = bench.visit_as(bench.staff("receiver", "coordinator", office="eshikoni"))
    office = next(o.code for o in bench.hooks.organization(on=date(2026, 4, 2)) if o.receives)

    answer = desk.send_json(
        "POST",
        "/api/v1/consultations",
        {
            **HEARD,
            "desk": office,
            "categories": ["hoarding", "neighbours"],
            "main_category": "hoarding",
        },
    )

    assert answer.status_code == 201
    assert answer.json["categories"] == ["hoarding", "neighbours"]
    assert answer.json["national_categories"] == ["housing", "community_relations"]
    assert answer.json["national_main"] == "housing"
    assert "ゴミ屋敷" in desk.get(f"/consultations/{answer.json['id']}").text


OF_TOWNS = sorted(
    name
    for name, installed in catalogue().items()
    if cast(Any, installed.load()).metadata.kind is not PluginKind.PREFECTURE
)


@pytest.mark.parametrize("plugin", OF_TOWNS)
def test_the_list_of_every_shipped_town_maps_onto_the_national_one(
    make_workbench: BenchMaker, plugin: str
) -> None:
    bench = make_workbench("intake", {TOWN: (plugin,)})

    given = bench.hooks.consultation_categories()

    assert unmapped((one.code, one.national) for one in given) == ()


def test_without_a_plugin_the_list_is_the_national_one(workbench: Workbench) -> None:
    assert tuple(one.code for one in workbench.hooks.consultation_categories()) == NATIONAL


def test_two_of_the_towns_words_for_one_national_word_count_once() -> None:
    mapping = national_codes((("hoarding", "housing"), ("housing", ""), ("stray_cats", "")))

    assert canonical(("housing", "hoarding", "stray_cats"), "stray_cats", mapping) == (
        ("housing",),
        "",
    )
    assert unmapped((("stray_cats", ""), ("housing", ""))) == ("stray_cats",)


def test_a_word_that_maps_onto_nothing_is_told_to_the_coordinator(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kasane_intake.domain.categories.NATIONAL", NATIONAL[1:])

    page = workbench.visit_as(workbench.staff("coordinator")).get("/consultations")
    desk = workbench.visit_as(workbench.staff("receiver", office="zei")).get("/consultations")

    assert "「病気や健康、障害」は国の分類に対応していません" in page.text
    assert "対応していません" not in desk.text


def test_pasted_half_width_and_rare_characters_are_kept_as_typed_and_found_folded(
    workbench: Workbench,
) -> None:
    typed = "ﾔﾏｶﾜ 山川\U000e0100 髙子①㈱"
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    answer = desk.post("/consultations/new", {**HEARD, "persons-0-name": typed, "story": typed})

    page = desk.get(answer.headers["Location"].split("/292095", 1)[1]).text
    assert page.count(typed) >= 2
    assert typed in desk.get("/consultations?q=やまかわ").text


def test_a_note_of_ten_megabytes_is_refused_in_a_sentence_and_kept(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    note = "a" * 10_000_000

    answer = desk.post(
        "/consultations/new", {**HEARD, "story": note, "persons-0-name": "山川 花子"}
    )

    assert answer.status_code == 422
    assert "お話の内容は20000文字までです" in answer.text
    assert note in answer.text
    assert 'value="山川 花子"' in answer.text
    assert workbench.said() == []
