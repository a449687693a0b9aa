"""Merges records of one person through pages, handlers and queries, and takes it back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kasane_contracts.intake import PersonsMerged, PersonsMergeUndone
from kasane_intake import queries, tables
from kasane_intake.commands import (
    DecideMerge,
    MergeStep,
    ReceiveConsultation,
    RequestMerge,
)
from kasane_intake.domain.consultation import Channel, ContactPerson, PersonConcerned
from kasane_intake.domain.errors import ChangedMeanwhile
from kasane_intake.domain.merge_errors import (
    AlreadySamePerson,
    MergeAlreadyRequested,
    MergeStepImpossible,
    MergeWithItself,
    OwnMergeRequest,
    PersonNotFound,
)
from kasane_intake.handlers import decide_merge, receive_consultation, request_merge
from kasane_intake.repository import Consultations, PersonMerges
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench

CHANGING = {"intake_person_merge", "intake_merge_turn"}


def written(bench: Workbench, name: str, desk: str = "zei", **traits: Any) -> tuple[str, str]:
    """A consultation about one person; returns the consultation's and the record's id."""
    consultation_id, person_id = new_id(), new_id()
    with bench.unit(bench.staff("receiver", office=desk)) as uow:
        receive_consultation(
            ReceiveConsultation(
                consultation_id,
                desk,
                Channel.WINDOW,
                "相談",
                (),
                "",
                ContactPerson(),
                (PersonConcerned(person_id, name, **traits),),
            ),
            uow,
            bench.hooks,
        )
    return consultation_id, person_id


def asked(bench: Workbench, one: str, other: str, **choices: str) -> str:
    with bench.unit(bench.staff("receiver", office="zei", account_id="asks")) as uow:
        return request_merge(RequestMerge(new_id(), one, other, "本人に確かめた", choices), uow)


def done(bench: Workbench, merge_id: str, step: MergeStep, who: str = "decides") -> None:
    with bench.reading() as connection:
        version = PersonMerges(connection).get(merge_id).version
    with bench.unit(bench.staff("coordinator", account_id=who)) as uow:
        decide_merge(DecideMerge(merge_id, step, "確かめた", version), uow)


def joined(bench: Workbench, one: str, other: str, **choices: str) -> str:
    merge_id = asked(bench, one, other, **choices)
    done(bench, merge_id, MergeStep.APPROVE)
    return merge_id


def shown(bench: Workbench, viewer: Actor, *records: str) -> list[queries.SamePerson]:
    with bench.reading() as connection:
        return list(queries.same_persons(connection, viewer, records))


def contents(bench: Workbench) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of intake but the requests themselves."""
    with bench.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name not in CHANGING
        }


def test_a_request_joins_nothing_before_somebody_else_approves(workbench: Workbench) -> None:
    one, other = written(workbench, "髙橋 惠美")[1], written(workbench, "高橋 恵美")[1]
    before = contents(workbench)

    merge_id = asked(workbench, one, other)

    assert shown(workbench, workbench.staff("coordinator"), one) == []
    assert contents(workbench) == before
    with pytest.raises(OwnMergeRequest):
        done(workbench, merge_id, MergeStep.APPROVE, who="asks")
    assert workbench.said(PersonsMerged) == []


def test_merged_records_stay_and_are_shown_as_one_person_by_the_chosen_values(
    workbench: Workbench,
) -> None:
    first = written(workbench, "髙橋 惠美", address="古い住所", phone="0743-11-1111")
    second = written(workbench, "高橋 恵美", birth_date=date(1985, 4, 2), address="新しい住所")
    before = contents(workbench)

    merge_id = joined(workbench, first[1], second[1], birth_date=second[1], address=second[1])

    (person,) = shown(workbench, workbench.staff("coordinator"), first[1])
    assert (person.name, person.birth_date) == ("髙橋 惠美", date(1985, 4, 2))
    assert [other.id for other in person.others] == [second[1]]
    assert {name: record.id for name, record in person.at.items()} == {"address": second[1]}
    assert contents(workbench) == before
    assert workbench.said(PersonsMerged) == [
        PersonsMerged(merge_id, first[1], second[1], first[0], second[0])
    ]


def test_merging_and_undoing_leaves_every_table_as_it_was(workbench: Workbench) -> None:
    one, other = written(workbench, "髙橋 惠美")[1], written(workbench, "高橋 恵美")[1]
    before = contents(workbench)
    merge_id = joined(workbench, one, other)

    done(workbench, merge_id, MergeStep.UNDO)

    assert contents(workbench) == before
    assert shown(workbench, workbench.staff("coordinator"), one, other) == []
    assert [event.merge_id for event in workbench.said(PersonsMergeUndone)] == [merge_id]


def test_what_was_written_after_the_merge_stays_with_its_record(workbench: Workbench) -> None:
    first, second = written(workbench, "髙橋 惠美"), written(workbench, "高橋 恵美")
    merge_id = joined(workbench, first[1], second[1], name=second[1])
    rewritten(workbench, second[0], second[1], "高橋 恵美子")
    coordinator = workbench.staff("coordinator")
    assert shown(workbench, coordinator, first[1])[0].name == "高橋 恵美子"

    done(workbench, merge_id, MergeStep.UNDO)

    with workbench.reading() as connection:
        records = queries.person_records(connection, coordinator, (first[1], second[1]))
    assert [records[r].name for r in (first[1], second[1])] == ["髙橋 惠美", "高橋 恵美子"]


def rewritten(bench: Workbench, consultation_id: str, person_id: str, name: str) -> None:
    with bench.unit(bench.staff("receiver", office="zei")) as uow:
        consultations = Consultations(uow.connection)
        consultation = consultations.get(consultation_id)
        consultation.persons = (PersonConcerned(person_id, name),)
        consultations.save(consultation)
        uow.record("intake.consultation.rewritten", "consultation", consultation_id)
        uow.commit()


def test_a_record_is_not_merged_with_itself(workbench: Workbench) -> None:
    one = written(workbench, "髙橋 惠美")[1]

    with pytest.raises(MergeWithItself):
        asked(workbench, one, one)

    with workbench.reading() as connection:
        assert connection.execute(select(tables.person_merge)).all() == []


def test_a_record_that_is_not_there_is_not_merged(workbench: Workbench) -> None:
    with pytest.raises(PersonNotFound):
        asked(workbench, written(workbench, "髙橋 惠美")[1], "nobody")


def test_a_pair_is_asked_about_once_at_a_time(workbench: Workbench) -> None:
    one, other = written(workbench, "髙橋 惠美")[1], written(workbench, "高橋 恵美")[1]
    asked(workbench, one, other)

    with pytest.raises(MergeAlreadyRequested):
        asked(workbench, other, one)


def test_a_ring_of_links_is_refused_also_when_asked_for_before(workbench: Workbench) -> None:
    a, b, c = (written(workbench, name)[1] for name in ("髙橋 惠美", "高橋 恵美", "高橋 えみ"))
    requests = [asked(workbench, *pair) for pair in ((a, b), (b, c), (c, a))]
    done(workbench, requests[0], MergeStep.APPROVE)
    done(workbench, requests[1], MergeStep.APPROVE)

    with pytest.raises(AlreadySamePerson):
        done(workbench, requests[2], MergeStep.APPROVE)

    with pytest.raises(AlreadySamePerson):
        asked(workbench, a, c)
    assert len(workbench.said(PersonsMerged)) == 2


def test_of_two_who_decide_at_once_the_second_is_told(workbench: Workbench) -> None:
    merge_id = asked(workbench, written(workbench, "甲")[1], written(workbench, "乙")[1])
    done(workbench, merge_id, MergeStep.APPROVE)

    with (
        pytest.raises(MergeStepImpossible),
        workbench.unit(workbench.staff("coordinator", account_id="late")) as uow,
    ):
        decide_merge(DecideMerge(merge_id, MergeStep.REFUSE, "違う方", 1), uow)
    with (
        pytest.raises(ChangedMeanwhile),
        workbench.unit(workbench.staff("coordinator", account_id="late")) as uow,
    ):
        decide_merge(DecideMerge(merge_id, MergeStep.UNDO, "違う方", 1), uow)
    assert len(workbench.said(PersonsMerged)) == 1
    assert workbench.said(PersonsMergeUndone) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_chain_is_undone_in_any_order(workbench: Workbench, order: tuple[int, int]) -> None:
    a, b, c = (written(workbench, name)[1] for name in ("甲", "乙", "丙"))
    links = [joined(workbench, a, b), joined(workbench, b, c)]
    coordinator = workbench.staff("coordinator")
    assert {o.id for o in shown(workbench, coordinator, a)[0].others} == {b, c}

    done(workbench, links[order[0]], MergeStep.UNDO)

    left = {0: {a}, 1: {c}}[order[0]]
    assert [{one.record.id} for one in shown(workbench, coordinator, a, c)] == [{a, c} - left]
    done(workbench, links[order[1]], MergeStep.UNDO)
    assert shown(workbench, coordinator, a, b, c) == []


def test_merging_shows_nobody_a_consultation_they_could_not_see(workbench: Workbench) -> None:
    one = written(workbench, "髙橋 惠美", desk="zei")
    other = written(workbench, "高橋 恵美", desk="kaigo", address="かくれた住所", phone="1")
    joined(workbench, one[1], other[1], name=other[1], address=other[1])
    viewer = workbench.staff("receiver", office="zei")

    (person,) = shown(workbench, viewer, one[1])

    assert person.name == "髙橋 惠美"
    assert person.at == {}
    assert [(o.visible, o.desk, o.name, o.address) for o in person.others] == [
        (False, "kaigo", "", "")
    ]
    page = workbench.visit_as(viewer).get(f"/consultations/{one[0]}").text
    assert "高橋 恵美" not in page
    assert "かくれた住所" not in page
    assert workbench.visit_as(viewer).get(f"/consultations/{other[0]}").status_code == 404
    assert (
        workbench.visit_as(viewer).get(f"/persons/{one[1]}/same-as/{other[1]}").status_code == 404
    )


def test_the_pages_lead_from_the_candidate_to_the_merge_and_back(workbench: Workbench) -> None:
    born = {"birth_date": date(1985, 4, 2)}
    first, second = written(workbench, "髙橋 惠美", **born), written(workbench, "高橋 恵美", **born)
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    pair = f"/persons/{second[1]}/same-as/{first[1]}"
    assert pair in desk.get(f"/consultations/{second[0]}").text
    assert "生年月日が同じ" in desk.get(pair).text

    empty = desk.post(pair, {"reason": ""})
    assert empty.status_code == 422
    where = desk.post(pair, {"reason": "同じ方", "by-name": first[1]}).headers["Location"]
    path = where.split("/292095", 1)[1].split("?")[0]

    assert "自分の申し出は、自分では認められません" in desk.get(path).text
    assert desk.post(f"{path}/decision", {"reason": "よし", "version": "1"}).status_code == 403
    boss = workbench.visit_as(workbench.staff("coordinator"))
    assert path in boss.get("/merges").text
    assert boss.post(f"{path}/decision", {"reason": "", "version": "1"}).status_code == 422
    approve = {"reason": "確かめた", "version": "1", "step": "approve"}
    assert boss.post(f"{path}/decision", approve).status_code == 303
    page = desk.get(f"/consultations/{second[0]}").text
    assert "同じ方としてまとめた記録" in page
    assert pair not in page
    undo = {"reason": "別の方だった", "version": "2", "step": "undo"}
    assert boss.post(f"{path}/decision", undo).status_code == 303
    assert "同じ方としてまとめた記録" not in desk.get(f"/consultations/{second[0]}").text
    assert path in boss.get("/merges?decided=1").text


@pytest.mark.parametrize("step", ["", "withdraw", "approve ", "' OR 1=1"])
def test_an_unknown_step_is_refused_and_changes_nothing(workbench: Workbench, step: str) -> None:
    merge_id = asked(workbench, written(workbench, "甲")[1], written(workbench, "乙")[1])
    boss = workbench.visit_as(workbench.staff("coordinator"))

    answer = boss.post(
        f"/merges/{merge_id}/decision", {"reason": "よし", "version": "1", "step": step}
    )

    assert answer.status_code == 409
    with workbench.reading() as connection:
        assert PersonMerges(connection).get(merge_id).status.value == "requested"


def test_who_asked_withdraws(workbench: Workbench) -> None:
    merge_id = asked(workbench, written(workbench, "甲")[1], written(workbench, "乙")[1])
    asker = workbench.visit_as(workbench.staff("receiver", office="zei", account_id="asks"))
    other = workbench.visit_as(workbench.staff("receiver", office="zei", account_id="other"))
    form = {"reason": "見まちがい", "version": "1", "step": "withdraw"}

    assert other.post(f"/merges/{merge_id}", form).status_code == 409
    assert asker.post(f"/merges/{merge_id}", form).status_code == 303

    assert "取り下げ" in asker.get(f"/merges/{merge_id}").text


def test_a_program_asks_decides_and_undoes(workbench: Workbench) -> None:
    one, other = written(workbench, "髙橋 惠美")[1], written(workbench, "高橋 恵美")[1]
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    boss = workbench.visit_as(workbench.staff("coordinator"))
    body = {"one_id": one, "other_id": other, "reason": "同じ方", "choices": {"name": other}}

    created = desk.send_json("POST", "/api/v1/merges", body)

    assert created.status_code == 201
    where = f"/api/v1/merges/{created.json['id']}"
    assert created.json["choices"]["name"] == other
    assert desk.send_json("POST", "/api/v1/merges", {**body, "x": 1}).status_code == 422
    assert desk.send_json("POST", "/api/v1/merges", body).status_code == 409
    decision = {"step": "approve", "reason": "確かめた"}
    assert boss.send_json("PUT", f"{where}/decision", decision).status_code == 428
    approved = boss.send_json("PUT", f"{where}/decision", decision, headers={"If-Match": '"1"'})
    assert approved.json["status"] == "merged"
    stale = {"step": "undo", "reason": "別の方"}
    late = boss.send_json("PUT", f"{where}/decision", stale, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    undone = boss.send_json("PUT", f"{where}/decision", stale, headers={"If-Match": '"2"'})
    assert undone.json["status"] == "undone"
    assert [one["id"] for one in boss.get("/api/v1/merges?waiting=false").json["items"]] == [
        created.json["id"]
    ]


def test_people_of_one_home_are_told_apart_from_the_same_person(workbench: Workbench) -> None:
    home = {"address": "生駒市東生駒3-5-2", "phone": "0743-12-3456"}
    written(workbench, "髙橋 惠美", birth_date=date(1985, 4, 2), **home)
    with workbench.reading() as connection:
        (found,) = queries.same_person_candidates(
            connection,
            workbench.staff("coordinator"),
            [(PersonConcerned("", "高橋 太郎", birth_date=date(2015, 1, 9), **home).traits, ())],
        )

    assert [(one.name, one.level, one.reasons) for one in found] == [
        ("髙橋 惠美", "same_household", ("address.same", "phone.same", "family.same"))
    ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_merges_and_edits_undone_in_any_order_leave_what_was_written(
    workbench: Workbench, data: st.DataObject
) -> None:
    count = data.draw(st.integers(2, 5))
    records = [written(workbench, f"人 {place}") for place in range(count)]
    names = {person: f"人 {place}" for place, (_, person) in enumerate(records)}
    coordinator = workbench.staff("coordinator")
    links: dict[str, frozenset[str]] = {}
    for _ in range(data.draw(st.integers(1, 8))):
        one, other = (data.draw(st.sampled_from(records)) for _ in range(2))
        match data.draw(st.sampled_from(["merge", "edit", "undo"])):
            case "merge":
                together = groups(names, links.values())
                if other[1] in together[one[1]]:
                    with pytest.raises((AlreadySamePerson, MergeWithItself)):
                        asked(workbench, one[1], other[1])
                else:
                    merge_id = joined(workbench, one[1], other[1], name=other[1])
                    links[merge_id] = frozenset({one[1], other[1]})
            case "edit":
                names[one[1]] = data.draw(st.sampled_from(["甲", "乙", "丙"]))
                rewritten(workbench, one[0], one[1], names[one[1]])
            case "undo" if links:
                gone = data.draw(st.sampled_from(sorted(links)))
                done(workbench, gone, MergeStep.UNDO)
                del links[gone]
        expected = groups(names, links.values())
        found = {
            p.record.id: {p.record.id, *(o.id for o in p.others)}
            for p in shown(workbench, coordinator, *names)
        }
        assert {r: found.get(r, {r}) for r in names} == expected
    before = contents(workbench)

    for merge_id in data.draw(st.permutations(sorted(links))):
        done(workbench, merge_id, MergeStep.UNDO)

    assert contents(workbench) == before
    assert shown(workbench, coordinator, *names) == []
    with workbench.reading() as connection:
        now = queries.person_records(connection, coordinator, names)
    assert {record: one.name for record, one in now.items()} == names


def groups(names: dict[str, str], links: Any) -> dict[str, set[str]]:
    """Who is together with whom, computed the plain way."""
    together = {record: {record} for record in names}
    for link in links:
        one, other = link
        union = together[one] | together[other]
        for record in union:
            together[record] = union
    return together
