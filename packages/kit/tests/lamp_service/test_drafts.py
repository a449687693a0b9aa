"""What is typed and not sent yet: kept for its account, sealed, gone when the form was saved."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit import clock
from kasane_kit.auth.sessions import IDLE_SECONDS
from kasane_kit.db.shredding import Rules, left_over, shred
from kasane_kit.db.typed import ids_in, kept_draft
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Visitor, Workbench
from kasane_kit.web import forget_drafts

FORM = "/lamps/292095/lamps"
FIRST, SECOND = "a" * 32, "b" * 32
WORDS = [["name", "とても明るい灯"], ["watts", "60"]]


def desk(bench: Workbench, account_id: str = "s0001") -> Visitor:
    return bench.visit_as(bench.staff("receiver", account_id=account_id))


def keep(visitor: Visitor, draft_id: str = FIRST, **changes: Any) -> Any:
    body = {"form": FORM, "fields": WORDS, "typed_at": 1, **changes}
    return visitor.send_json("PUT", f"/-/drafts/{draft_id}", body)


def offered(visitor: Visitor, form: str = FORM) -> list[str]:
    answer = visitor.get("/-/drafts", query_string={"form": form})
    assert answer.status_code == 200
    (drafts,) = answer.json["drafts"]
    return [draft["id"] for draft in drafts]


def opened(visitor: Visitor, draft_id: str = FIRST) -> Any:
    return visitor.send_json("POST", f"/-/drafts/{draft_id}/open")


def rows(bench: Workbench) -> list[Any]:
    with bench.reading() as connection:
        return list(connection.execute(select(kept_draft).order_by(kept_draft.c.id)))


def trail(bench: Workbench) -> list[str]:
    return [e.action for e in bench.said(AuditEntryRecorded) if e.object_kind == "kept_draft"]


def test_what_was_typed_is_offered_with_its_time_and_opened_again(lamps: Workbench) -> None:
    with clock.fixed(lambda: datetime(2026, 11, 21, 1, 32, tzinfo=UTC)):
        kept = keep(desk(lamps)).json

        assert (kept["id"], kept["clock"], kept["when"]) == (FIRST, "10:32", "10:32")
        assert offered(desk(lamps)) == [FIRST]
        assert opened(desk(lamps)).json == {"fields": WORDS}
    with clock.fixed(lambda: datetime(2026, 11, 22, 1, 0, tzinfo=UTC)):
        answer = desk(lamps).get("/-/drafts", query_string={"form": FORM}).json

        assert answer["drafts"][0][0]["when"] == "11月21日 10:32"


def test_a_form_of_another_record_is_offered_nothing(lamps: Workbench) -> None:
    keep(desk(lamps))

    assert offered(desk(lamps), FORM + "/7") == []


def test_another_account_sees_and_opens_nothing_and_has_another_key(lamps: Workbench) -> None:
    keep(desk(lamps))
    other = desk(lamps, "s0002")
    mine = desk(lamps).get("/-/drafts").json
    theirs = other.get("/-/drafts").json

    assert offered(other) == []
    assert opened(other).status_code == 404
    assert other.send_json("DELETE", f"/-/drafts/{FIRST}").status_code == 404
    assert len(base64.b64decode(mine["key"])) == 32
    assert mine["key"] != theirs["key"]
    assert mine["owner"] != theirs["owner"]
    assert "s0001" not in mine["owner"]
    assert offered(desk(lamps)) == [FIRST]


def test_the_same_account_name_in_another_town_has_nothing_of_it(lamps: Workbench) -> None:
    keep(desk(lamps))
    lamps.municipality = OTHER_TOWN
    elsewhere = desk(lamps)

    assert offered(elsewhere) == []
    assert elsewhere.client.get(f"/{TOWN}/-/drafts").status_code == 302
    assert elsewhere.client.get(f"/{HOST}/-/drafts").status_code == 302


def test_nothing_readable_lies_in_the_database(lamps: Workbench) -> None:
    keep(desk(lamps))

    (row,) = rows(lamps)
    assert "灯" not in repr(row)
    assert "60" not in base64.b64decode(row.sealed).decode("latin-1")
    assert "lamps" not in row.form


def test_without_an_account_nothing_is_kept_and_no_key_is_given(lamps: Workbench) -> None:
    client = lamps.app.test_client()

    assert client.get(f"/{TOWN}/-/drafts").status_code == 302
    assert client.put(f"/{TOWN}/-/drafts/{FIRST}", json={}).status_code == 401
    assert rows(lamps) == []


def test_a_page_of_elsewhere_keeps_nothing(lamps: Workbench) -> None:
    answer = desk(lamps).send_json(
        "PUT",
        f"/-/drafts/{FIRST}",
        {"form": FORM, "fields": WORDS},
        headers={"X-CSRF-Token": "wrong"},
    )

    assert answer.status_code == 403
    assert rows(lamps) == []


def test_a_draft_is_one_line_of_the_trail_however_much_is_typed(lamps: Workbench) -> None:
    for moment in range(5):
        keep(desk(lamps), typed_at=moment, fields=[["name", "灯" * moment]])
    opened(desk(lamps))
    desk(lamps).send_json("DELETE", f"/-/drafts/{FIRST}")

    assert trail(lamps) == ["kept_draft.begun", "kept_draft.opened", "kept_draft.thrown_away"]


def test_two_tabs_with_one_form_are_two_drafts(lamps: Workbench) -> None:
    keep(desk(lamps), FIRST, fields=[["name", "一つ目"]])
    keep(desk(lamps), SECOND, fields=[["name", "二つ目"]])

    assert sorted(offered(desk(lamps))) == [FIRST, SECOND]
    assert opened(desk(lamps), FIRST).json == {"fields": [["name", "一つ目"]]}


def test_a_draft_that_was_taken_over_is_not_offered_twice(lamps: Workbench) -> None:
    keep(desk(lamps), FIRST)
    keep(desk(lamps), SECOND, instead_of=FIRST)
    late = keep(desk(lamps), FIRST, typed_at=2)

    assert late.status_code == 410
    assert offered(desk(lamps)) == [SECOND]


def test_older_words_that_arrive_late_do_not_replace_newer_ones(lamps: Workbench) -> None:
    keep(desk(lamps), typed_at=9, fields=[["name", "新しい"]])
    keep(desk(lamps), typed_at=3, fields=[["name", "古い"]])

    assert opened(desk(lamps)).json == {"fields": [["name", "新しい"]]}


def test_a_saved_form_forgets_its_draft_and_does_not_take_it_back(lamps: Workbench) -> None:
    visitor = desk(lamps)
    keep(visitor)
    saved = visitor.post("/lamps", {"name": "灯", "watts": "60", "kept_draft": FIRST})
    late = keep(visitor, typed_at=5)

    assert (saved.status_code, late.status_code) == (303, 410)
    assert offered(visitor) == []
    (row,) = rows(lamps)
    assert (row.done, row.sealed) == (True, "")


def test_a_draft_that_arrives_after_its_form_was_saved_is_not_kept(lamps: Workbench) -> None:
    visitor = desk(lamps)
    visitor.post("/lamps", {"name": "灯", "watts": "60", "kept_draft": FIRST})

    assert keep(visitor).status_code == 410
    assert offered(visitor) == []


def test_a_refused_form_keeps_its_draft(lamps: Workbench) -> None:
    visitor = desk(lamps)
    keep(visitor)
    refused = visitor.post("/lamps", {"name": "", "watts": "x", "kept_draft": FIRST})

    assert refused.status_code == 422
    assert offered(visitor) == [FIRST]


def test_saving_somebody_elses_draft_id_takes_nothing_from_them(lamps: Workbench) -> None:
    keep(desk(lamps))
    desk(lamps, "s0002").post("/lamps", {"name": "灯", "watts": "60", "kept_draft": FIRST})

    assert offered(desk(lamps)) == [FIRST]


def test_drafts_expire_after_fourteen_days_and_the_trail_says_so(lamps: Workbench) -> None:
    start = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    with clock.fixed(lambda: start):
        keep(desk(lamps), FIRST)
    with clock.fixed(lambda: start + timedelta(days=14)):
        visitor = desk(lamps)
        assert offered(visitor) == []
        assert opened(visitor).status_code == 404
        keep(visitor, SECOND)

    assert [row.id for row in rows(lamps)] == [SECOND]
    assert trail(lamps) == ["kept_draft.begun", "kept_draft.expired", "kept_draft.begun"]


@pytest.mark.parametrize(
    "changes",
    [
        {"form": ""},
        {"form": 7},
        {"form": "x" * 1001},
        {"fields": "name"},
        {"fields": [["name"]]},
        {"fields": [["name", 5]]},
        {"fields": [["n" * 201, ""]]},
        {"fields": [["name", "\x00"]]},
        {"fields": [["name", ""]] * 2001},
        {"typed_at": "now"},
        {"typed_at": True},
        {"typed_at": -1},
        {"instead_of": "../x"},
    ],
)
def test_what_is_no_draft_is_refused_and_nothing_is_kept(
    lamps: Workbench, changes: dict[str, Any]
) -> None:
    assert keep(desk(lamps), **changes).status_code == 422
    assert rows(lamps) == []


@pytest.mark.parametrize("draft_id", ["short", "A" * 32, "x" * 65])
def test_an_id_that_is_none_is_refused(lamps: Workbench, draft_id: str) -> None:
    assert keep(desk(lamps), draft_id).status_code == 422
    assert rows(lamps) == []


def test_a_draft_of_millions_of_letters_is_refused_and_the_one_before_stays(
    lamps: Workbench,
) -> None:
    keep(desk(lamps))
    answer = keep(desk(lamps), typed_at=2, fields=[["name", "灯" * 2_000_001]])

    assert answer.status_code == 413
    assert opened(desk(lamps)).json == {"fields": WORDS}


def test_the_two_hundred_and_first_draft_is_refused_and_none_is_lost(lamps: Workbench) -> None:
    visitor = desk(lamps)
    for number in range(200):
        assert keep(visitor, f"{number:032d}").status_code == 200

    assert keep(visitor, FIRST).status_code == 409
    assert len(offered(visitor)) == 200


def test_pages_carry_the_address_of_drafts_only_for_an_account(lamps: Workbench) -> None:
    signed_in = desk(lamps).get("/lamps/nothing").text
    nobody = lamps.app.test_client().post(f"/{TOWN}/lamps").text

    assert f'data-drafts="/{TOWN}/-/drafts"' in signed_in
    assert "data-drafts" not in nobody


LAMP_ID = "0192f0c4-7a10-7def-8000-0123456789ab"
OTHER_ID = "0192f0c4-7a10-7def-8000-fedcba987654"


def destroyed(bench: Workbench, *ids: str) -> None:
    """The time of these records is over, and what was personal of them goes."""
    with bench.unit(bench.staff("receiver")) as uow:
        shred(uow.connection, Rules(), ids, "shredding-1", clock.now())
        uow.record("records.shredded", "shredding", "shredding-1")
        uow.commit()


def test_drafts_about_a_record_go_with_it_whoever_typed_them(lamps: Workbench) -> None:
    keep(desk(lamps), FIRST, form=f"{FORM}/{LAMP_ID}/light")
    keep(desk(lamps, "s0002"), FIRST, form=f"{FORM}/merge lamp_id={LAMP_ID}")
    keep(desk(lamps), SECOND, form=f"{FORM}/{OTHER_ID}/light")
    with lamps.reading() as connection:
        before = left_over(connection, Rules(), [LAMP_ID])

    destroyed(lamps, LAMP_ID)

    assert before == {"kept_draft": 2}
    assert [row.id for row in rows(lamps)] == [SECOND]
    with lamps.reading() as connection:
        assert left_over(connection, Rules(), [LAMP_ID]) == {}
    assert LAMP_ID not in repr(rows(lamps))


def test_words_about_a_destroyed_record_that_come_late_are_not_kept(lamps: Workbench) -> None:
    destroyed(lamps, LAMP_ID)

    late = keep(desk(lamps), FIRST, form=f"{FORM}/{LAMP_ID}/light")
    other = keep(desk(lamps), SECOND, form=f"{FORM}/{OTHER_ID}/light")

    assert (late.status_code, late.json) == (410, {"done": True, "ended": True})
    assert other.status_code == 200
    assert [row.id for row in rows(lamps)] == [SECOND]


def test_what_was_sent_for_a_record_is_not_even_known_by_its_digest(lamps: Workbench) -> None:
    sent = {"name": "灯", "watts": "60", "submission": "a submission"}
    lamp_id = desk(lamps).post("/lamps", sent).headers["Location"].rsplit("/", 1)[1]
    with lamps.reading() as connection:
        before = left_over(connection, Rules(), [lamp_id])

    destroyed(lamps, lamp_id)

    assert before == {"idempotency_key": 1}
    with lamps.reading() as connection:
        assert left_over(connection, Rules(), [lamp_id]) == {}


def test_nothing_typed_outlives_its_fourteen_days_where_nobody_types_any_more(
    lamps: Workbench,
) -> None:
    job = forget_drafts("lamps")
    start = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    seen = []
    with clock.fixed(lambda: start):
        keep(desk(lamps), FIRST)
        desk(lamps).post("/lamps", {"name": "灯", "watts": "60", "kept_draft": SECOND})
    for days in (13, 14, 14):
        moment = start + timedelta(days=days)
        with clock.fixed(lambda moment=moment: moment), municipality_scope(TOWN):
            job(lamps.house, TOWN)
        seen.append(len(rows(lamps)))

    assert seen == [2, 0, 0]
    assert trail(lamps) == ["kept_draft.begun", "kept_draft.expired"]


def test_a_draft_that_came_while_its_record_was_destroyed_is_found_soon(lamps: Workbench) -> None:
    keep(desk(lamps), FIRST, form=f"{FORM}/{LAMP_ID}/light")
    (late,) = rows(lamps)
    destroyed(lamps, LAMP_ID)
    with municipality_scope(TOWN), lamps.house.databases.writing("lamps") as connection:
        connection.execute(insert(kept_draft).values(late._asdict()))
        connection.commit()

    with municipality_scope(TOWN):
        forget_drafts("lamps")(lamps.house, TOWN)

    assert rows(lamps) == []
    assert trail(lamps) == ["kept_draft.begun", "kept_draft.expired"]


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ("/cases/292095/cases/0192f0c4-7a10/needs", {"292095", "0192f0c4-7a10"}),
        ("/x person_id=person-1&other_id=2", {"person-1", "2"}),
        ("/only/words", set()),
        ("/%E5%8D%8A?q=" + "a1" * 40, {"E5", "8D", "8A"}),
    ],
)
def test_the_ids_of_a_forms_address_are_found_and_its_words_are_none(
    form: str, named: set[str]
) -> None:
    assert ids_in(form) == named


def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(lamps: Workbench) -> None:
    start = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    sent = {"name": "灯", "watts": "60", "kept_draft": FIRST, "kept_at": f"{FORM}/new?kind=a"}
    with clock.fixed(lambda: start):
        visitor = desk(lamps)
        keep(visitor)
    with clock.fixed(lambda: start + timedelta(seconds=IDLE_SECONDS + 1)):
        refused = visitor.post("/lamps", sent)

        assert refused.status_code == 401
        next_place = "?next=%2Flamps%2F292095%2Flamps%2Fnew%3Fkind%3Da"
        assert f'href="/portal/{TOWN}/sign-in{next_place}"' in refused.text
        assert "書いていたことは書きかけとして残してあります" in refused.text
        assert offered(desk(lamps)) == [FIRST]
        assert opened(desk(lamps)).json == {"fields": WORDS}


def test_a_form_of_a_session_before_leads_back_to_where_it_was_typed(lamps: Workbench) -> None:
    visitor = desk(lamps)
    visitor._token = "of the session before"

    refused = visitor.post("/lamps", {"name": "灯", "kept_at": f"{FORM}/new"})

    assert refused.status_code == 403
    assert f'href="{FORM}/new">もとの画面を開き直す' in refused.text


@pytest.mark.parametrize(
    "kept_at",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere",
        "/a\nb",
        "/" + "x" * 1000,
        "x",
    ],
)
def test_a_form_leads_back_to_no_other_place(lamps: Workbench, kept_at: str) -> None:
    client = lamps.app.test_client()

    refused = client.post(f"/{TOWN}/lamps", data={"name": "灯", "kept_at": kept_at})

    assert refused.status_code == 401
    assert f'href="/portal/{TOWN}/sign-in"' in refused.text
    assert "next=" not in refused.text


def test_the_page_learns_the_token_of_a_new_session_of_the_same_account(lamps: Workbench) -> None:
    before, after = desk(lamps), desk(lamps)

    known = after.get("/-/drafts").json

    assert known["owner"] == before.get("/-/drafts").json["owner"]
    assert known["token"] != before.get("/-/drafts").json["token"]
    after._token = known["token"]
    assert keep(after).status_code == 200
