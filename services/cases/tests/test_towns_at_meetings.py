"""What the towns' documents say of their meetings works in cases: who sits there, about whom, how often."""

from dataclasses import replace

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.errors import CasesRefusal, NoPersonsHere, SessionNotReady, SignatureNeeded
from kasane_contracts import cases as says
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
SUPPORT, MULTI = LegalKind.SUPPORT_CONFERENCE, LegalKind.MULTI_AGENCY_CONFERENCE
NAMES = {"senboku": "仙北市", "kasugai": "春日井市", "yonago": "米子市", "hokuei": "北栄町"}


@pytest.fixture
def town_of(at_work_in):
    """A town at work with its plugin and its own name; the bench knows two codes only."""

    def make(plugin):
        at_work = at_work_in(plugin, "292095")
        towns = at_work.bench.house.directory._towns
        name = NAMES.get(plugin, "生駒市")
        towns["292095"] = replace(towns["292095"], name=name, revision=towns["292095"].revision + 1)
        return at_work

    return make


def before(kind):
    """A consent that names the municipality's staff and these people as recipients."""
    kinds = (AttendeeKind.MUNICIPAL_STAFF, kind)
    return ConsentScope(tuple(ConsentPurpose), kinds, tuple(DataClass))


def page(at_work, path):
    return at_work.bench.visit_as(at_work.coordinator).get(path).text


# 生駒市


def test_ikoma_has_not_decided_where_somebody_without_consent_is_spoken_of(town_of):
    ikoma = town_of("ikoma")
    case_id = ikoma.case(MOTHER)
    monthly = ikoma.session(MULTI)

    with pytest.raises(CasesRefusal):
        ikoma.item(monthly, case_id, SON)

    assert "会議体を市が決めるまで" in page(ikoma, f"/cases/{case_id}")
    assert ikoma.read_session(monthly).items == []


@pytest.mark.parametrize(
    ("body", "kind", "topic"),
    [
        ("promoters_meeting", LegalKind.STAFF, "水道料金滞納者に対する支援方法の検討"),
        ("promotion_council", LegalKind.GOVERNANCE, "進捗報告"),
    ],
)
def test_ikomas_two_yearly_meetings_take_topics_and_nobody_by_name(town_of, body, kind, topic):
    ikoma = town_of("ikoma")
    case_id = ikoma.case(MOTHER)
    session_id = ikoma.session(kind, body=body)

    with pytest.raises(NoPersonsHere):
        ikoma.item(session_id, case_id, MOTHER)
    ikoma.do(handlers.add_agenda_item, commands.AddAgendaItem(new_id(), session_id, topic))
    ikoma.open(session_id)
    ikoma.do(handlers.hold_session, commands.HoldSession(session_id))

    assert ikoma.read_session(session_id).status is SessionStatus.HELD
    shown = page(ikoma, "/conferences/bodies")
    assert "年1-2回" in shown
    assert "月1回" in shown


# 春日井市


def test_in_kasugai_a_resident_sits_only_with_a_signed_pledge_and_a_consent_that_names_residents(
    town_of,
):
    kasugai = town_of("kasugai")
    case_id = kasugai.case(MOTHER)
    kasugai.consent(case_id, MOTHER)
    resident = commands.AttendeeAsked(AttendeeKind.RESIDENT, name="住民 ひとし")
    session_id = kasugai.session(MULTI, resident, bound=False)
    own, neighbour = kasugai.read_session(session_id).attendees
    kasugai.do(handlers.record_secrecy, commands.RecordSecrecy(session_id, own.id, signed=True))
    kasugai.item(session_id, case_id, MOTHER)

    unsigned = commands.RecordSecrecy(session_id, neighbour.id, signed=False)
    with pytest.raises(SignatureNeeded):
        kasugai.do(handlers.record_secrecy, unsigned)
    with pytest.raises(SessionNotReady):
        kasugai.open(session_id)
    assert "誓約" in page(kasugai, f"/conferences/{session_id}")

    kasugai.do(
        handlers.record_secrecy, commands.RecordSecrecy(session_id, neighbour.id, signed=True)
    )
    with pytest.raises(SessionNotReady) as not_named:
        kasugai.open(session_id)
    assert not_named.value.code == "not_ready_consent_recipients"
    kasugai.consent(case_id, MOTHER, scope=before(AttendeeKind.RESIDENT))
    kasugai.open(session_id)
    assert kasugai.read_session(session_id).status is SessionStatus.OPEN


def test_kasugais_promotion_meeting_is_twice_a_year_and_speaks_of_nobody(town_of):
    kasugai = town_of("kasugai")
    case_id = kasugai.case(MOTHER)
    session_id = kasugai.session(LegalKind.GOVERNANCE, body="promotion_meeting")

    with pytest.raises(NoPersonsHere):
        kasugai.item(session_id, case_id, MOTHER)

    assert "年2回" in page(kasugai, "/conferences/bodies")


# 仙北市


def test_senboku_has_two_items_in_two_bodies_for_one_household_and_prints_its_notice(town_of):
    senboku = town_of("senboku")
    case_id = senboku.case(MOTHER)
    senboku.consent(case_id, MOTHER)
    multi, support = senboku.session(MULTI), senboku.session(SUPPORT)

    senboku.item(multi, case_id, MOTHER)
    senboku.item(support, case_id, SON)
    with pytest.raises(CasesRefusal):
        senboku.item(multi, case_id, SON)
    senboku.open(multi)
    senboku.open(support)

    assert [one.person_id for one in senboku.read_session(multi).items] == [MOTHER]
    assert [one.person_id for one in senboku.read_session(support).items] == [SON]
    for session_id in (multi, support):
        shown = page(senboku, f"/conferences/{session_id}")
        assert "1年以下の懲役又は100万円以下の罰金" in shown
        assert "重層的支援体制整備事業実施計画 209～211行" in shown


# 米子市


def test_yonago_speaks_of_several_cases_in_one_session_with_person_and_family(town_of):
    yonago = town_of("yonago")
    cases = [yonago.case(MOTHER), yonago.case(MOTHER)]
    family = commands.AttendeeAsked(AttendeeKind.PERSON_OR_FAMILY, name="試験 よし子")
    session_id = yonago.session(MULTI, family)
    attendees = yonago.read_session(session_id).attendees
    for case_id in cases:
        yonago.consent(case_id, MOTHER, scope=before(AttendeeKind.PERSON_OR_FAMILY))
        item_id = yonago.item(session_id, case_id, MOTHER)
    everybody = tuple(one.id for one in attendees)
    yonago.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, everybody))
    yonago.open(session_id)
    yonago.do(handlers.hold_session, commands.HoldSession(session_id))

    (said,) = yonago.bench.said(says.ConferenceHeld)
    assert sorted(said.case_ids) == sorted(cases)
    first, second = yonago.read_session(session_id).items
    assert not first.admits(attendees[1].id, AttendeeKind.PERSON_OR_FAMILY)
    assert second.admits(attendees[1].id, AttendeeKind.PERSON_OR_FAMILY)


def test_yonago_has_not_decided_where_who_does_not_ask_for_help_is_spoken_of(town_of):
    yonago = town_of("yonago")
    case_id = yonago.case(MOTHER)
    yonago.consent(case_id, SON, state=ConsentState.REFUSED)

    with pytest.raises(CasesRefusal):
        yonago.item(yonago.session(MULTI), case_id, SON)


# 北栄町


def test_a_corporation_of_hokuei_hears_in_the_one_body_once_it_has_signed(town_of):
    hokuei = town_of("hokuei")
    case_id = hokuei.case(MOTHER)
    corporation = commands.AttendeeAsked(
        AttendeeKind.CONTRACTOR, name="訪問 一子", affiliation="仁厚会"
    )
    body = "comprehensive_support_conference"
    session_id = hokuei.session(SUPPORT, corporation, body=body, bound=False)
    own, visiting = hokuei.read_session(session_id).attendees
    hokuei.do(handlers.record_secrecy, commands.RecordSecrecy(session_id, own.id, signed=True))
    hokuei.item(session_id, case_id, SON)

    with pytest.raises(SessionNotReady):
        hokuei.open(session_id)
    hokuei.do(handlers.record_secrecy, commands.RecordSecrecy(session_id, visiting.id, signed=True))
    hokuei.open(session_id)

    shown = page(hokuei, f"/conferences/{session_id}")
    assert "包括的支援会議" in shown
    assert "社会福祉法第106条の6" in page(hokuei, "/conferences/bodies")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("connecting_meeting", LegalKind.STAFF),
        ("second_layer_council", LegalKind.COMMUNITY),
        ("neighbourhood_meeting", LegalKind.COMMUNITY),
    ],
)
def test_hokueis_meetings_of_helpers_and_residents_take_nobody_by_name(town_of, body, kind):
    hokuei = town_of("hokuei")
    case_id = hokuei.case(MOTHER)
    hokuei.consent(case_id, MOTHER)
    session_id = hokuei.session(kind, body=body)

    with pytest.raises(NoPersonsHere):
        hokuei.item(session_id, case_id, MOTHER)
    topic = commands.AddAgendaItem(new_id(), session_id, "見守り活動の推進")
    hokuei.do(handlers.add_agenda_item, topic)
    hokuei.open(session_id)

    assert [one.topic for one in hokuei.read_session(session_id).items] == ["見守り活動の推進"]
