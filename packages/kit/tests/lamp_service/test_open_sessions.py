"""Sessions stand on the server alone: what opens, what does not any more, and that nobody can tell why."""

import hashlib
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from kasane_kit import clock
from kasane_kit.auth import COOKIE, OpenSessions, ProviderLink, SessionKeeping, fingerprint_of
from kasane_kit.auth.sessions import (
    CONFIRMED_SECONDS,
    IDLE_SECONDS,
    LONGEST_SECONDS,
    SCHEMA,
    TOUCH_AFTER_SECONDS,
    end_every_session,
    open_session,
    sessions_of,
)
from kasane_kit.auth.tables import account_projection
from kasane_kit.db import Databases
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench

START = datetime(2026, 11, 2, 0, tzinfo=UTC)
IN_FILE = {"schema_translate_map": {SCHEMA: None}}
Clock = Callable[[datetime], None]


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def status(lamps: Workbench, session_id: str, town: str = TOWN) -> int:
    client = lamps.app.test_client()
    client.set_cookie(COOKIE, session_id)
    return client.get(f"/{town}/lamps").status_code


def rows(lamps: Workbench, town: str = TOWN) -> list[tuple[object, ...]]:
    with municipality_scope(town), lamps.house.databases.reading(SCHEMA) as connection:
        return [
            tuple(row)
            for row in connection.execute(select(open_session), execution_options=IN_FILE)
        ]


def keeping(lamps: Workbench, act: Callable[[SessionKeeping], None]) -> None:
    with lamps.unit(lamps.staff("receiver")) as uow:
        act(uow.sessions)
        uow.record("lamps.lamp.light", "lamp", "x")
        uow.commit()


def test_the_id_is_256_random_bits_and_the_database_holds_only_its_digest(lamps: Workbench) -> None:
    account = lamps.staff("receiver").account_id
    first, second = lamps.open_session(account), lamps.open_session(account)

    assert first != second
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in (first, second))
    kept = {str(row[0]) for row in rows(lamps)}
    assert kept == {hashlib.sha256(one.encode()).hexdigest() for one in (first, second)}


def test_a_stolen_database_gives_no_cookie_that_opens_anything(
    lamps: Workbench, tmp_path: Path
) -> None:
    session_id = lamps.open_session(lamps.staff("receiver").account_id)
    (file,) = tmp_path.rglob(f"{TOWN}/{SCHEMA}.sqlite")
    stolen = sqlite3.connect(file)
    values = {str(value) for row in stolen.execute("SELECT * FROM open_session") for value in row}
    stolen.close()

    raw = b"".join(path.read_bytes() for path in file.parent.glob(f"{SCHEMA}.sqlite*"))

    assert session_id.encode() not in raw
    assert fingerprint_of(session_id) in values
    assert {status(lamps, value) for value in values if value} == {302}
    assert status(lamps, session_id) == 200


def called(lamps: Workbench, session_id: str, path: str = "/api/v1/lamps") -> int:
    """What a program gets that brings the session as a bearer."""
    bearer = {"Authorization": f"Bearer {session_id}"}
    return lamps.app.test_client().get(f"/{TOWN}{path}", headers=bearer).status_code


@pytest.mark.parametrize(
    ("ask", "refused"), [(status, 302), (called, 401)], ids=["cookie", "bearer"]
)
def test_a_session_ends_after_15_idle_minutes_to_the_second(
    lamps: Workbench, clock_at: Clock, ask: Callable[..., int], refused: int
) -> None:
    clock_at(START)
    account = lamps.staff("receiver").account_id
    first, second = lamps.open_session(account), lamps.open_session(account)

    clock_at(after(IDLE_SECONDS))
    last = ask(lamps, first)
    clock_at(after(IDLE_SECONDS + 1))

    assert IDLE_SECONDS == 15 * 60
    assert (last, ask(lamps, second)) == (200, refused)
    assert ask(lamps, first) == 200
    clock_at(after(2 * IDLE_SECONDS + 1))
    assert ask(lamps, second) == refused


@pytest.mark.parametrize(
    ("ask", "refused"), [(status, 302), (called, 401)], ids=["cookie", "bearer"]
)
def test_a_session_that_is_used_all_day_ends_after_ten_hours_to_the_second(
    lamps: Workbench, clock_at: Clock, ask: Callable[..., int], refused: int
) -> None:
    clock_at(START)
    session_id = lamps.open_session(lamps.staff("receiver").account_id)
    seen = set()
    for seconds in (*range(0, LONGEST_SECONDS, 14 * 60), LONGEST_SECONDS):
        clock_at(after(seconds))
        seen.add(ask(lamps, session_id))

    clock_at(after(LONGEST_SECONDS + 1))

    assert LONGEST_SECONDS == 10 * 60 * 60
    assert seen == {200}
    assert ask(lamps, session_id) == refused


def test_that_it_is_in_use_is_written_down_every_minute_and_the_cookie_stays(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    visitor = lamps.visit_as(lamps.staff("receiver"))
    used = []
    for seconds in (0, TOUCH_AFTER_SECONDS - 1, TOUCH_AFTER_SECONDS, 2 * TOUCH_AFTER_SECONDS - 1):
        clock_at(after(seconds))
        answer = visitor.get("/lamps")
        assert "Set-Cookie" not in answer.headers
        used.append(int(str(rows(lamps)[0][4])) - int(START.timestamp()))

    assert TOUCH_AFTER_SECONDS == 60
    assert used == [0, 0, 60, 60]


def test_a_session_never_outlives_its_last_use_by_more_than_15_minutes_nor_by_less_than_14(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    account = lamps.staff("receiver").account_id
    ends = []
    for last_use in (1, 59, 60, 61, 119):
        clock_at(START)
        session_id = lamps.open_session(account)
        clock_at(after(last_use))
        assert status(lamps, session_id) == 200
        lived = next(
            seconds
            for seconds in range(13 * 60, 17 * 60)
            if not _opens(lamps, clock_at, session_id, last_use + seconds)
        )
        ends.append(lived)

    assert ends == [900, 842, 901, 901, 901]


def _opens(bench: Workbench, clock_at: Clock, session_id: str, seconds: int) -> bool:
    """Whether the session still opens something at a second, without using it."""
    clock_at(after(seconds))
    return bench.session(session_id) is not None


def test_many_requests_at_once_write_it_down_once(lamps: Workbench, clock_at: Clock) -> None:
    clock_at(START)
    session_id = lamps.open_session(lamps.staff("receiver").account_id)
    sessions = OpenSessions(lamps.house.databases, "lamps")
    with municipality_scope(TOWN):
        found = sessions.find(session_id)
    assert found is not None

    def touch(seconds: int) -> None:
        with municipality_scope(TOWN), clock.fixed(lambda: after(seconds)):
            sessions.touch(found[0])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(touch, [600] * 40))
    touch(1200)
    clock_at(after(1200))

    # What was read of the session is old by now: somebody else wrote it down already.
    assert [int(str(row[4])) for row in rows(lamps)] == [int(after(600).timestamp())]
    assert status(lamps, session_id) == 200


def test_a_bearer_that_opens_nothing_is_prolonged_by_no_call(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    session_id = lamps.open_session(lamps.staff("receiver").account_id)
    clock_at(after(IDLE_SECONDS + 1))

    refused = [called(lamps, one) for one in (session_id, session_id[:-1] + "!", "")]

    assert refused == [401, 401, 401]
    assert [int(str(row[4])) for row in rows(lamps)] == [int(START.timestamp())]


def test_what_cannot_be_written_down_keeps_nobody_from_working(
    lamps: Workbench, clock_at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(START)
    visitor = lamps.visit_as(lamps.staff("receiver"))
    with municipality_scope(TOWN), lamps.house.databases.writing(SCHEMA) as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON open_session BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        connection.commit()
    clock_at(after(600))

    assert visitor.get("/lamps").status_code == 200
    assert int(str(rows(lamps)[0][4])) == int(START.timestamp())


def test_the_password_counts_as_just_entered_for_a_quarter_of_an_hour(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    session_id = lamps.open_session(lamps.staff("receiver").account_id)
    with municipality_scope(TOWN):
        found = OpenSessions(lamps.house.databases, "lamps").find(session_id)
    assert found is not None
    seen = []
    for seconds in (CONFIRMED_SECONDS, CONFIRMED_SECONDS + 1):
        clock_at(after(seconds))
        seen.append(found[0].is_confirmed)

    assert CONFIRMED_SECONDS == 15 * 60
    assert seen == [True, False]


def forged(session_id: str) -> list[str]:
    swapped = "A" if session_id[-1] != "A" else "B"
    return [
        "",
        session_id[:-1],
        session_id + "A",
        session_id[:-1] + swapped,
        session_id.swapcase(),
        session_id + "\n",
        " " + session_id,
        fingerprint_of(session_id),
        "A" * 43,
        "あ" * 43,
        "' OR 1=1 --" + "A" * 32,
        "%" * 43,
        "_" * 43,
        "A" * 100_000,
    ]


def test_no_other_text_opens_anything_and_all_answers_are_those_to_a_stranger(
    lamps: Workbench,
) -> None:
    session_id = lamps.open_session(lamps.staff("receiver").account_id)
    sessions = OpenSessions(lamps.house.databases, "lamps")

    with municipality_scope(TOWN):
        found = [text for text in forged(session_id) if sessions.find(text) is not None]

    assert found == []
    assert {
        status(lamps, text) for text in forged(session_id) if text.isascii() and len(text) < 100
    } == {302}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(text=st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_no_text_that_was_not_given_out_is_a_session(lamps: Workbench, text: str) -> None:
    with municipality_scope(TOWN):
        assert OpenSessions(lamps.house.databases, "lamps").find(text) is None


def test_ended_idle_old_foreign_and_never_given_out_are_answered_alike(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    account = lamps.staff("receiver").account_id
    neighbour = lamps.staff("receiver", municipality=OTHER_TOWN)
    old = lamps.open_session(account)
    clock_at(after(LONGEST_SECONDS + 10))
    foreign, ended = (
        lamps.open_session(neighbour.account_id, OTHER_TOWN),
        lamps.open_session(account),
    )
    keeping(lamps, lambda sessions: sessions.end(fingerprint_of(ended)))
    other_revision = lamps.open_session(account, revision=2)
    nobody = lamps.open_session("account-nobody")
    assert status(lamps, foreign, OTHER_TOWN) == 200

    def answer(session_id: str) -> tuple[object, ...]:
        client = lamps.app.test_client()
        client.set_cookie(COOKIE, session_id)
        page = client.get(f"/{TOWN}/lamps")
        api = client.get(f"/{TOWN}/api/v1/lamps")
        # Two headers differ in every answer: the number of the request, and the stranger's form.
        kept = [
            sorted((k, v) for k, v in one.headers if k not in ("X-Request-Id", "Set-Cookie"))
            for one in (page, api)
        ]
        return page.status_code, api.status_code, page.text, api.json["type"], kept

    answers = [answer(one) for one in (ended, old, foreign, other_revision, nobody, "A" * 43, "x")]

    assert [one for one in answers if one != answers[0]] == []
    assert answers[0][:2] == (302, 401)


def test_a_closed_account_and_a_changed_one_open_nothing_although_the_session_is_open(
    lamps: Workbench,
) -> None:
    session_id = lamps.open_session(lamps.staff("receiver").account_id)

    def change(**values: object) -> None:
        with municipality_scope(TOWN), lamps.house.databases.writing("lamps") as connection:
            connection.execute(update(account_projection).values(**values))
            connection.commit()

    seen = [status(lamps, session_id)]
    change(active=False)
    seen.append(status(lamps, session_id))
    change(active=True, revision=2)
    seen.append(status(lamps, session_id))
    change(revision=1)
    seen.append(status(lamps, session_id))

    assert seen == [200, 302, 302, 200]


def test_sessions_are_listed_and_ended_one_by_one_by_account_by_provider_and_all_at_once(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    one, other = "account-one", "account-other"
    link = ProviderLink("s" * 64, "p" * 64)
    begun: list[str] = []
    keeping(
        lamps,
        lambda sessions: begun.extend(
            sessions.begin(who, 1, where)
            for who, where in ((one, link), (one, ProviderLink()), (other, ProviderLink()))
        ),
    )
    prints = [fingerprint_of(each) for each in begun]

    def linked(wanted: ProviderLink) -> list[str]:
        found: list[str] = []
        keeping(lamps, lambda s: found.extend(each.fingerprint for each in s.linked(wanted)))
        return found

    assert linked(ProviderLink("s" * 64)) == linked(ProviderLink("", "p" * 64)) == prints[:1]
    assert linked(ProviderLink("s" * 64, "q" * 64)) == linked(ProviderLink()) == []
    with municipality_scope(TOWN):
        mine = sessions_of(lamps.house.databases, one)
    assert {each.fingerprint for each in mine} == set(prints[:2])
    keeping(lamps, lambda sessions: sessions.end(prints[0]))
    assert {str(row[0]) for row in rows(lamps)} == set(prints[1:])
    keeping(lamps, lambda sessions: sessions.end_all_of(one))
    assert {str(row[0]) for row in rows(lamps)} == {prints[2]}
    with municipality_scope(TOWN):
        end_every_session(lamps.house.databases)
    assert rows(lamps) == []


def test_what_is_over_is_forgotten_when_the_next_session_begins(
    lamps: Workbench, clock_at: Clock
) -> None:
    clock_at(START)
    lamps.open_session("account-idle")
    clock_at(after(IDLE_SECONDS + 1))

    last = lamps.open_session("account-next")

    assert [row[0] for row in rows(lamps)] == [fingerprint_of(last)]


def test_a_session_ends_also_when_the_transaction_around_it_is_given_up(lamps: Workbench) -> None:
    actor = lamps.staff("receiver")
    session_id = lamps.open_session(actor.account_id)

    with lamps.unit(actor) as uow:
        uow.sessions.end_all_of(actor.account_id)

    assert rows(lamps) == []
    assert status(lamps, session_id) == 302


def test_no_session_begins_when_the_transaction_around_it_is_given_up(lamps: Workbench) -> None:
    actor = lamps.staff("receiver")

    with lamps.unit(actor) as uow:
        session_id = uow.sessions.begin(actor.account_id, 1)

    assert rows(lamps) == []
    assert status(lamps, session_id) == 302


def test_killed_between_the_commit_and_the_other_file_nobody_is_signed_in_and_the_trail_says_so(
    lamps: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = lamps.staff("receiver")
    writing = Databases.writing

    def killed(self: Databases, service: str) -> object:
        if service == SCHEMA:
            raise KeyboardInterrupt
        return writing(self, service)

    with monkeypatch.context() as patch, lamps.unit(actor) as uow:
        session_id = uow.sessions.begin(actor.account_id, 1)
        uow.record("lamps.lamp.light", "lamp", "x")
        patch.setattr(Databases, "writing", killed)
        with pytest.raises(KeyboardInterrupt):
            uow.commit()

    assert rows(lamps) == []
    assert len(lamps.said()) == 1
    assert status(lamps, session_id) == 302


def test_a_town_without_its_file_of_sessions_is_not_ready(lamps: Workbench) -> None:
    client = lamps.app.test_client()
    ready = client.get("/-/ready")
    with municipality_scope(TOWN), lamps.house.databases.writing(SCHEMA) as connection:
        connection.exec_driver_sql("DROP TABLE open_session")
        connection.commit()

    waiting = client.get("/-/ready")

    assert (ready.status_code, waiting.status_code) == (200, 503)
    assert waiting.json["towns"] == {
        OTHER_TOWN: "ready",
        TOWN: "unavailable: OperationalError",
    }
