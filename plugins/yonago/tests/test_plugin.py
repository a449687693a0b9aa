"""Checks Yonago City's answers against its slides, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import pytest

from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    ConsentView,
    ConsultationView,
    Escalation,
    EscalationLevel,
    LegalKind,
    OfficeKind,
    OpeningHours,
    PersonView,
    Phase,
    ResponsibleOffice,
    RoleFunction,
    ScreeningView,
)
from kasane_yonago.plugin import Plugin

DEFAULTS: Mapping[str, Any] = {
    "center_operator": "partner_agency",
    "windows": {},
    "started": {},
    "support_conference": False,
}
TODAY = date(2026, 11, 2)
CASE = CaseView("case-1", "in_support", support_decided=True)
HUB = "general_support_center"
NATIONAL = {
    "illness_disability",
    "housing",
    "income",
    "rent_loans",
    "taxes_utilities",
    "debt",
    "job_search",
    "work_trouble",
    "community_relations",
    "family_relations",
    "child_rearing",
    "nursing_care",
    "withdrawal_truancy",
    "violence_abuse",
    "no_food",
    "other",
}


def _consultation(single: bool | None, ordinary: bool | None) -> ConsultationView:
    return ConsultationView("desk", "taxes", screening=ScreeningView(single, ordinary))


def test_the_plugin_conforms() -> None:
    assert check_plugin("yonago") == []


def test_the_plugin_conforms_with_every_setting_given() -> None:
    settings = {
        "center_operator": "municipal",
        "windows": {"taxes": "税の窓口"},
        "started": {"information_sharing": date(2025, 4, 1)},
        "support_conference": True,
    }

    assert check_plugin("yonago", other_settings=settings) == []


def test_the_citys_own_words_begin_with_the_center() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.town_terms(date(2022, 4, 10)) is None
    assert plugin.town_terms(date(2022, 4, 11)) == {"coordinator": "総合相談支援員"}


def test_the_center_is_open_on_weekdays_except_holidays() -> None:
    (hub,) = [office for office in Plugin(DEFAULTS).organization(TODAY) if office.code == HUB]

    assert hub.label == "総合相談支援センター「えしこに」"
    assert hub.receives
    assert hub.hours == OpeningHours(
        (1, 2, 3, 4, 5), time(8, 30), time(17, 15), "土日祝日除く", closed_on_holidays=True
    )


def test_the_center_is_there_from_its_opening_day() -> None:
    plugin = Plugin(DEFAULTS)

    before = [office.code for office in plugin.organization(date(2022, 4, 10))]
    after = [office.code for office in plugin.organization(date(2022, 4, 11))]

    assert before == ["welfare_policy"]
    assert after == [HUB, "welfare_policy"]


@pytest.mark.parametrize(
    ("operator", "kind", "attendee"),
    [
        ("municipal", OfficeKind.MUNICIPAL, AttendeeKind.MUNICIPAL_STAFF),
        ("contracted", OfficeKind.CONTRACTED, AttendeeKind.CONTRACTOR),
        ("partner_agency", OfficeKind.PARTNER_AGENCY, AttendeeKind.PARTNER_AGENCY),
    ],
)
def test_the_city_says_who_runs_the_center(
    operator: str, kind: OfficeKind, attendee: AttendeeKind
) -> None:
    plugin = Plugin({**DEFAULTS, "center_operator": operator})

    slots = plugin.attendees("contacts_meeting", CASE)

    assert plugin.organization(TODAY)[0].kind is kind
    assert slots is not None
    assert [slot.kind for slot in slots] == [attendee, AttendeeKind.MUNICIPAL_STAFF]


def test_an_unknown_operator_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="center_operator の「company」は使えません"):
        Plugin({**DEFAULTS, "center_operator": "company"})


def test_the_windows_of_city_hall_are_those_the_city_names() -> None:
    plugin = Plugin({**DEFAULTS, "windows": {"taxes": "税の窓口"}})

    receiving = [office.label for office in plugin.organization(TODAY) if office.receives]

    assert receiving == ["総合相談支援センター「えしこに」", "税の窓口"]


def test_a_window_with_the_code_of_the_center_is_refused() -> None:
    with pytest.raises(ValueError, match=f"windows のコード「{HUB}」"):
        Plugin({**DEFAULTS, "windows": {HUB: "別の窓口"}})


def test_the_roles_are_those_of_the_slides() -> None:
    roles = Plugin(DEFAULTS).roles(TODAY)

    assert roles is not None
    assert [(role.code, role.label, role.function, role.headcount) for role in roles] == [
        ("receiver", "市役所の各相談窓口の職員", RoleFunction.RECEIVER, ""),
        ("contact", "「断らない相談」担当者", RoleFunction.CONTACT, ""),
        ("responsible", "センター長", RoleFunction.RESPONSIBLE, "1名"),
        ("coordinator", "総合相談支援員", RoleFunction.COORDINATOR, "3名"),
        ("hub_consultant", "相談員・介護支援専門員・事務員（出向）", RoleFunction.RECEIVER, "20名"),
        ("partner", "支援関係者", RoleFunction.PARTNER, ""),
    ]


def test_there_is_no_role_before_the_center_opened() -> None:
    assert Plugin(DEFAULTS).roles(date(2022, 4, 10)) is None


def test_the_categories_are_printed_words_with_their_national_code() -> None:
    categories = Plugin(DEFAULTS).consultation_categories()

    assert [(one.label, one.national) for one in categories] == [
        ("独居", "other"),
        ("病気（うつ、依存症等）", "illness_disability"),
        ("ゴミ屋敷", "housing"),
        ("ひきこもり", "withdrawal_truancy"),
        ("家族関係", "family_relations"),
        ("介護", "nursing_care"),
        ("近隣トラブル", "community_relations"),
        ("生活困窮", "income"),
        ("就労", "job_search"),
        ("住居", "housing"),
        ("障がい", "illness_disability"),
        ("成年後見", "other"),
        ("保証人問題", "other"),
        ("虐待・DV", "violence_abuse"),
        ("等（そのほか）", "other"),
    ]
    assert {one.national for one in categories} <= NATIONAL
    assert len({one.code for one in categories}) == 15


@pytest.mark.parametrize(
    ("desk", "category", "received", "office"),
    [
        ("", "work", TODAY, HUB),
        ("taxes", "other", None, HUB),
        ("taxes", "work", TODAY, None),
        ("", "other", date(2022, 4, 10), None),
    ],
)
def test_the_center_takes_what_has_no_place(
    desk: str, category: str, received: date | None, office: str | None
) -> None:
    consultation = ConsultationView("desk", desk, (), category, received_on=received)

    answer = Plugin(DEFAULTS).responsible_office(consultation)

    assert (answer.office if answer else None) == office


def test_the_answer_for_what_has_no_place_says_why() -> None:
    assert Plugin(DEFAULTS).responsible_office(ConsultationView("letter", "")) == ResponsibleOffice(
        HUB,
        "どこに相談していいか分からない福祉相談は、えしこにが分野を問わず受け止めます。",
        "002:L421; 002:L458",
    )


def test_beyond_one_field_the_center_is_asked() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(False, None)) == Escalation(
        EscalationLevel.RELATED_AGENCIES,
        "coordinator",
        "ひとつの福祉分野のみでは対応が難しいため、えしこにの総合相談支援員につなぎます。",
        "002:L412; 002:L421",
    )


def test_beyond_ordinary_cooperation_the_center_forms_the_team() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(False, False)) == Escalation(
        EscalationLevel.MULTI_AGENCY,
        "coordinator",
        "複雑な課題を抱える世帯なので、えしこにの総合相談支援員が支援者間のチーム形成や"
        "役割調整を行います。",
        "002:L468-470",
    )


def test_a_window_that_can_cope_keeps_the_matter() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(True, None)) is None


def test_the_bodies_have_their_legal_kinds() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(TODAY)

    assert bodies is not None
    assert [(body.code, body.label, body.legal_kinds) for body in bodies] == [
        ("multi_agency_conference", "米子市重層的支援会議", (LegalKind.MULTI_AGENCY_CONFERENCE,)),
        (
            "contacts_meeting",
            "各課の「断らない相談」担当者とのミーティング",
            (LegalKind.STAFF,),
        ),
    ]
    assert Plugin(DEFAULTS).meeting_bodies(date(2022, 3, 31)) is None


def test_with_consent_the_citys_conference_meets() -> None:
    route = Plugin(DEFAULTS).meeting_for(CASE, ConsentView(PersonView("p-1"), "given"), False)

    assert (route.body, route.source) == ("multi_agency_conference", "002:L478-480")


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("state", ["not_asked", "pending", "refused", "withdrawn", "unable"])
def test_without_consent_the_city_has_not_decided(state: str, urgent: bool) -> None:
    route = Plugin(DEFAULTS).meeting_for(CASE, ConsentView(PersonView("p-1"), state), urgent)

    assert route.undecided
    assert route.source == "002:L478-484"
    assert "本人同意のない方のことを検討する会議体は示していません" in route.reason


def test_the_city_may_say_that_it_has_a_support_conference() -> None:
    plugin = Plugin({**DEFAULTS, "support_conference": True})

    route = plugin.meeting_for(CASE, ConsentView(PersonView("p-1"), "refused"), False)
    bodies = plugin.meeting_bodies(TODAY)

    assert route.body == "support_conference"
    assert bodies is not None
    assert bodies[-1].legal_kinds == (LegalKind.SUPPORT_CONFERENCE,)
    assert plugin.attendees("support_conference", CASE) is None


def test_the_person_and_the_family_sit_in_the_conference() -> None:
    slots = Plugin(DEFAULTS).attendees("multi_agency_conference", CASE)

    assert slots is not None
    assert [(slot.label, slot.kind) for slot in slots] == [
        ("本人", AttendeeKind.PERSON_OR_FAMILY),
        ("家族", AttendeeKind.PERSON_OR_FAMILY),
        ("支援関係者", AttendeeKind.PARTNER_AGENCY),
    ]


@pytest.mark.parametrize(
    ("feature", "on", "expected"),
    [
        ("plan_committee", TODAY, Phase.NOT_STATED),
        ("model_districts", TODAY, Phase.NOT_STATED),
        ("welfare_plan", date(2020, 2, 29), Phase.PLANNED),
        ("welfare_plan", date(2020, 3, 1), Phase.ACTIVE),
        ("transition", date(2021, 3, 31), Phase.PLANNED),
        ("transition", date(2022, 3, 31), Phase.ACTIVE),
        ("transition", date(2022, 4, 1), Phase.ENDED),
        ("programme", date(2022, 4, 1), Phase.ACTIVE),
        ("general_support_center", date(2022, 4, 10), Phase.PLANNED),
        ("general_support_center", date(2022, 4, 11), Phase.ACTIVE),
        ("training", TODAY, Phase.ACTIVE),
        ("information_sharing", TODAY, Phase.NOT_STATED),
    ],
)
def test_the_phase_of_each_item_is_as_the_slides_date_it(
    feature: str, on: date, expected: Phase
) -> None:
    answer = Plugin(DEFAULTS).phase(feature, on)

    assert answer is not None
    assert answer.phase is expected


def test_the_five_tasks_of_the_center_run_from_its_opening() -> None:
    plugin = Plugin(DEFAULTS)
    tasks = ("any_field", "team_coordination", "system_gaps", "no_refusal", "people")

    answers = [plugin.phase(task, date(2022, 4, 11)) for task in tasks]

    assert [answer.text if answer else "" for answer in answers] == [
        "分野を問わない相談支援：えしこにの取組",
        "チーム支援のコーディネート：えしこにの取組",
        "制度の狭間への支援：えしこにの取組",
        "「断らない相談」対応：えしこにの取組",
        "人材の育成・発掘：えしこにの取組。研修の頁の見出しは「人材の育成・確保」",
    ]
    assert {answer.phase for answer in answers if answer} == {Phase.ACTIVE}


def test_a_thing_of_another_town_is_not_answered() -> None:
    assert Plugin(DEFAULTS).phase("household_survey", TODAY) is None


def test_the_city_may_date_what_the_documents_leave_open() -> None:
    plugin = Plugin({**DEFAULTS, "started": {"information_sharing": date(2025, 4, 1)}})

    before = plugin.phase("information_sharing", date(2025, 3, 31))
    after = plugin.phase("information_sharing", date(2025, 4, 1))

    assert before is not None
    assert after is not None
    assert (before.phase, after.phase) == (Phase.PLANNED, Phase.ACTIVE)
    assert after.text.endswith("市が実施を始めた日は2025-04-01です。")


def test_a_dated_item_is_not_dated_again() -> None:
    with pytest.raises(ValueError, match="started に知らない項目「programme」"):
        Plugin({**DEFAULTS, "started": {"programme": TODAY}})
