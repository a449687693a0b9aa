"""A reply to a survey that wants help, told by outreach, becomes a consultation; it consents to nothing (I-17)."""

from dataclasses import replace

import pytest

from kasane_contracts.intake import ConsultationReceived
from kasane_contracts.outreach import HelpAskedFor
from kasane_intake.domain.reception import Channel, SurveyNeed
from kasane_intake.repository import Consultations
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench

REPLY = HelpAskedFor(
    consultation_id="consultation-1",
    campaign="survey",
    need="high",
    office="welfare_policy",
    want="call",
    name="見本 一郎",
    kana="みほん いちろう",
    address="生駒市東新町8番38号",
    contact="080-0000-0000",
    story="仕事がない",
)


@pytest.fixture
def ikoma(make_workbench: BenchMaker) -> Workbench:
    """生駒市."""
    return make_workbench("intake", {TOWN: ("ikoma",)})


def test_a_reply_is_received_with_its_words_and_says_nothing_of_consent(ikoma: Workbench) -> None:
    ikoma.hear(REPLY)

    with ikoma.reading() as connection:
        found = Consultations(connection).get("consultation-1")
    assert (found.channel, found.story) == (Channel.SURVEY, "仕事がない")
    assert (found.reception.campaign, found.reception.need) == ("survey", SurveyNeed.HIGH)
    assert found.reception.contact_by == "電話してほしい 080-0000-0000"
    (person,) = found.persons
    assert (person.name, person.given_consent) == ("見本 一郎", False)
    (said,) = ikoma.said(ConsultationReceived)
    assert (said.channel, said.survey_next_step) == ("survey", "visit")


@pytest.mark.parametrize("office", ["", "no_such_office"])
def test_an_office_that_does_not_receive_leaves_it_with_one_that_does(
    ikoma: Workbench, office: str
) -> None:
    ikoma.hear(replace(REPLY, office=office))

    with ikoma.reading() as connection:
        found = Consultations(connection).get("consultation-1")
    desks = [
        one.code for one in ikoma.hooks.organization(on=found.received_at.date()) if one.receives
    ]
    assert found.desk == desks[0]


def test_a_reply_without_words_is_told_as_that(ikoma: Workbench) -> None:
    ikoma.hear(replace(REPLY, story="", want="", contact=""))

    with ikoma.reading() as connection:
        found = Consultations(connection).get("consultation-1")
    assert found.story == "アンケートの返事（言葉はありません）。"
    assert found.reception.contact_by == ""
