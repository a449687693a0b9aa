"""Delivery loses nothing, applies nothing twice, and lets no broken message stop another."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import event, insert, select

from kasane_contracts.envelope import MalformedEnvelope
from kasane_kit.bus import Message, MessageCodes, ParkingReason, outbox
from kasane_kit.bus.tables import attempt, event_log
from kasane_kit.bus.tables import outbox as outbox_table
from kasane_kit.db import Databases
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.delivery import Delivery, NotDelivered, NotParked, Outcome
from kasane_kit.delivery.applying import Applying
from kasane_kit.keys import KeyMissing, KeyRing
from kasane_kit.tenancy import HOST, Town, municipality_scope

TOWN, OTHER_TOWN, UNSERVED_TOWN = "292095", "012319", "313721"


def reasons(letters) -> list[ParkingReason]:
    return [letter.reason for letter in letters]


def test_a_second_delivery_changes_nothing(bus_bench):
    envelopes = bus_bench.close("one", "two")
    bus_bench.delivery.deliver(envelopes)

    bus_bench.delivery.deliver(envelopes)
    bus_bench.delivery.deliver([*envelopes, *envelopes])

    assert bus_bench.heard() == ["one", "two"]
    assert bus_bench.place() == 2


def test_a_gap_is_filled_from_the_producers_log(bus_bench):
    one, _two, _three, four = bus_bench.close("one", "two", "three", "four")
    bus_bench.delivery.deliver([one])

    bus_bench.delivery.deliver([four])

    assert bus_bench.heard() == ["one", "two", "three", "four"]
    assert bus_bench.place() == 4


def test_events_that_come_in_reverse_are_applied_in_order(bus_bench):
    envelopes = bus_bench.close("one", "two", "three")

    for envelope in reversed(envelopes):
        bus_bench.delivery.deliver([envelope])

    assert bus_bench.heard() == ["one", "two", "three"]


def test_a_lost_tail_is_found_by_comparing_heads(bus_bench):
    one, *_lost = bus_bench.close("one", "two", "three")
    bus_bench.delivery.deliver([one])

    caught_up = bus_bench.delivery.catch_up(TOWN, "intake")

    assert caught_up == 2
    assert bus_bench.heard() == ["one", "two", "three"]
    assert bus_bench.delivery.catch_up(TOWN, "intake") == 0


def test_more_events_than_a_batch_are_applied_in_order(bus_bench):
    outcomes = [str(number) for number in range(250)]
    envelopes = bus_bench.close(*outcomes)

    bus_bench.delivery.deliver(envelopes)

    assert bus_bench.heard() == outcomes


def test_two_processes_that_deliver_at_once_apply_each_event_once(bus_bench):
    envelopes = bus_bench.close(*(str(number) for number in range(60)))
    start = threading.Barrier(2)

    def deliver_all() -> None:
        delivery = Delivery(bus_bench.cases, bus_bench.house)
        start.wait()
        for envelope in envelopes:
            delivery.deliver([envelope])

    threads = [threading.Thread(target=deliver_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bus_bench.heard() == [str(number) for number in range(60)]


def test_an_unknown_event_version_is_parked_and_stops_nothing_else(bus_bench):
    one, two = bus_bench.close("one", "two", consultation="c-1")
    unknown = replace(one, type="intake.consultation.closed.v9")

    bus_bench.delivery.deliver([unknown, two])

    assert bus_bench.heard() == ["two"]
    assert bus_bench.place() == 2
    (letter,) = bus_bench.letters()
    assert letter.reason is ParkingReason.UNKNOWN_EVENT
    assert letter.event_id == one.id
    assert "intake.consultation.closed.v9" in letter.detail


def test_data_that_does_not_fit_the_contract_is_parked(bus_bench):
    one, two = bus_bench.close("one", "two")
    wrong = replace(one, data={"consultation_id": "about-one"})

    bus_bench.delivery.deliver([wrong, two])

    assert bus_bench.heard() == ["two"]
    assert reasons(bus_bench.letters()) == [ParkingReason.INVALID_EVENT]
    assert "outcome" in bus_bench.letters()[0].detail


@pytest.mark.parametrize(
    "body",
    [
        b"not json at all",
        b"\xff\xfe\x00",
        b'"a text"',
        b"{}",
        b"[" * 100_000,
        b'[{"id": "1"}]',
        b"null",
    ],
    ids=["words", "bytes", "text", "empty", "deep", "attributes missing", "null"],
)
def test_what_is_not_an_envelope_is_parked_with_the_host(bus_bench, body):
    bus_bench.bring(body)

    assert reasons(bus_bench.letters(HOST)) == [ParkingReason.NOT_AN_ENVELOPE]
    assert bus_bench.letters(TOWN) == []
    assert bus_bench.heard() == []


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 0},
        {"epoch": ""},
        {"source": "nobody"},
        {"type": "cases.case.closed.v1"},
        {"subject": "half a pair \ud800"},
        {"subject": "nothing \x00"},
        {"municipality": "29209"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_envelope_with_a_wrong_attribute_is_parked_and_the_others_go_on(bus_bench, change):
    one, two = bus_bench.close("one", "two")
    body = json.dumps([{**one.to_dict(), **change}, one.to_dict(), two.to_dict()])

    bus_bench.bring(body)

    assert bus_bench.heard() == ["one", "two"]
    assert reasons(bus_bench.letters(HOST)) == [ParkingReason.NOT_AN_ENVELOPE]


def test_an_envelope_for_a_town_that_is_not_served_is_parked(bus_bench):
    (elsewhere,) = bus_bench.close("elsewhere", town=UNSERVED_TOWN)
    (here,) = bus_bench.close("here")

    bus_bench.delivery.deliver([elsewhere, here])

    (letter,) = bus_bench.letters(HOST)
    assert letter.reason is ParkingReason.TOWN_NOT_SERVED
    assert UNSERVED_TOWN in letter.detail
    assert bus_bench.heard(UNSERVED_TOWN) == []
    assert bus_bench.heard() == ["here"]


def test_a_town_that_is_served_later_gets_what_was_parked(bus_bench):
    (elsewhere,) = bus_bench.close("elsewhere", town=UNSERVED_TOWN)
    bus_bench.delivery.deliver([elsewhere])
    (letter,) = bus_bench.letters(HOST)
    with municipality_scope(HOST):
        assert bus_bench.delivery.requeue(letter.id) == 0
    bus_bench.towns[UNSERVED_TOWN] = Town(UNSERVED_TOWN, "町", UNSERVED_TOWN)

    with municipality_scope(HOST):
        done = bus_bench.delivery.requeue(letter.id)

    assert done == 1
    assert bus_bench.heard(UNSERVED_TOWN) == ["elsewhere"]
    assert bus_bench.heard(HOST) == []
    assert bus_bench.letters(HOST) == []


@pytest.mark.parametrize("epoch", ["", "of nobody"], ids=["the producer's epoch", "its own"])
def test_what_somebody_made_up_about_a_town_not_served_is_never_applied(bus_bench, epoch):
    """Without the town's key nobody could see who sent it when it came."""
    (said,) = bus_bench.close("elsewhere", town=UNSERVED_TOWN)
    forged = replace(
        said, id="forged", epoch=epoch or said.epoch, data={**said.data, "outcome": "made up"}
    )
    without_key = replace(bus_bench.house, keys=KeyRing(bus_bench.folder / "no keys"))
    worker = Delivery(bus_bench.cases, without_key)
    worker.deliver_messages([Message(json.dumps([forged.to_dict()]).encode())])
    (letter,) = bus_bench.letters(HOST)
    bus_bench.towns[UNSERVED_TOWN] = Town(UNSERVED_TOWN, "町", UNSERVED_TOWN)

    with municipality_scope(HOST):
        assert bus_bench.delivery.requeue(letter.id) == 0

    assert bus_bench.heard(UNSERVED_TOWN) == ["elsewhere"]
    (kept,) = bus_bench.letters(HOST)
    assert (kept.id, "intake never said it" in kept.detail) == (letter.id, True)


def test_what_is_still_beyond_the_log_stays_and_nobody_says_that_it_was_applied(bus_bench):
    (one,) = bus_bench.close("one")
    bus_bench.delivery.deliver([replace(one, id="forged", sequence=1_000_000)])
    (letter,) = bus_bench.letters()

    with municipality_scope(TOWN):
        assert bus_bench.delivery.requeue(letter.id) == 0

    assert [kept.id for kept in bus_bench.letters()] == [letter.id]


def test_an_event_beyond_the_producers_log_is_parked_and_the_cursor_stays(bus_bench):
    one, two = bus_bench.close("one", "two")
    forged = replace(one, id="forged", sequence=1_000_000)

    bus_bench.delivery.deliver([forged])
    bus_bench.delivery.deliver([one, two])

    assert bus_bench.heard() == ["one", "two"]
    assert bus_bench.place() == 2
    assert reasons(bus_bench.letters()) == [ParkingReason.BEYOND_THE_LOG]


def test_a_subscriber_that_fails_parks_its_event_and_the_later_ones_of_the_subject(bus_bench):
    bus_bench.failing.add("broken")
    broken, after = bus_bench.close("broken", "after", consultation="c-1")
    (other,) = bus_bench.close("other", consultation="c-2")

    bus_bench.delivery.deliver([broken, after, other])

    assert bus_bench.heard() == ["other"]
    assert bus_bench.place() == 3
    assert reasons(bus_bench.letters()) == [
        ParkingReason.SUBSCRIBER_FAILED,
        ParkingReason.WAITS_BEHIND,
    ]
    assert "broken cannot be written" in bus_bench.letters()[0].detail


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_requeue_applies_the_subject_in_order_whichever_letter_is_chosen(bus_bench, chosen):
    bus_bench.failing.add("broken")
    bus_bench.delivery.deliver(bus_bench.close("broken", "second", "third", consultation="c-1"))
    letters = bus_bench.letters()
    bus_bench.failing.clear()

    with municipality_scope(TOWN):
        done = bus_bench.delivery.requeue(letters[chosen].id)

    assert done == 3
    assert bus_bench.heard() == ["broken", "second", "third"]
    assert bus_bench.letters() == []


def test_requeue_stops_at_the_first_that_still_fails_and_says_why(bus_bench):
    bus_bench.failing |= {"broken", "worse"}
    bus_bench.delivery.deliver(bus_bench.close("broken", "worse", "third", consultation="c-1"))
    bus_bench.failing.remove("broken")

    with municipality_scope(TOWN):
        done = bus_bench.delivery.requeue(bus_bench.letters()[0].id)

    assert done == 1
    assert bus_bench.heard() == ["broken"]
    assert [json.loads(one.body)["data"]["outcome"] for one in bus_bench.letters()] == [
        "worse",
        "third",
    ]
    assert "worse cannot be written" in bus_bench.letters()[0].detail


def test_requeue_of_a_letter_that_is_gone_changes_nothing(bus_bench):
    with municipality_scope(TOWN):
        assert bus_bench.delivery.requeue("no-such-letter") == 0


def test_what_an_earlier_release_said_without_id_and_type_beside_it_is_numbered_all_the_same(
    bus_bench,
):
    closed = bus_bench.close("one", "two")
    one, two = (replace(event, id=f"event-{event.sequence}") for event in closed)
    with municipality_scope(TOWN), bus_bench.house.databases.writing("intake") as connection:
        connection.execute(insert(outbox_table).values(body=outbox.written(one).body))
        outbox.append(connection, two)
        outbox.number(connection)
        log = select(event_log.c.event_id, event_log.c.type).order_by(event_log.c.sequence)
        numbered = [tuple(row) for row in connection.execute(log)][2:]

    assert numbered == [(one.id, one.type), (two.id, two.type)]


def test_personal_fields_arrive_opened(bus_bench):
    envelope = bus_bench.receive("家賃が払えない")

    bus_bench.delivery.deliver([envelope])

    assert "家賃" not in envelope.to_json()
    assert bus_bench.heard() == ["家賃が払えない"]


def test_a_field_sealed_with_another_towns_key_is_refused(bus_bench):
    sealed_elsewhere = bus_bench.receive("よその町の話", town=OTHER_TOWN)
    (own,) = bus_bench.close("own")
    forged = replace(sealed_elsewhere, municipality=TOWN, epoch=own.epoch)

    bus_bench.delivery.deliver([forged])

    assert bus_bench.heard() == []
    (letter,) = bus_bench.letters()
    assert letter.reason is ParkingReason.SEAL_BROKEN
    assert "よその町" not in letter.body


def test_an_event_that_ended_the_process_three_times_is_parked(bus_bench):
    one, two = (replace(one, id=f"{one.id[:-1]}x") for one in bus_bench.close("one", "two"))
    with municipality_scope(TOWN), bus_bench.house.databases.writing("cases") as connection:
        connection.execute(insert(attempt).values(event_id=one.id, count=3))
        connection.commit()

    Delivery(bus_bench.cases, bus_bench.house).deliver([one, two])

    assert bus_bench.heard() == ["two"]
    assert reasons(bus_bench.letters()) == [ParkingReason.SUBSCRIBER_FAILED]
    assert bus_bench.letters()[0].detail == "the process ended while it was applied"


@pytest.mark.parametrize("words", [["one"], ["one", "two", "three"]], ids=["alone", "a-batch"])
def test_a_try_of_what_another_worker_applied_meanwhile_is_not_left_counted(
    bus_bench, monkeypatch, words
):
    events = bus_bench.close(*words)
    late = Applying(bus_bench.cases, bus_bench.house)
    bus_bench.delivery.deliver(events)

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    # The other worker was faster after this one had read the cursor, and this one is killed.
    monkeypatch.setattr(late, "_apply_together", killed)
    with municipality_scope(TOWN):
        place = late.apply("intake", events)
        with bus_bench.house.databases.reading("cases") as connection:
            left = connection.execute(select(attempt)).all()

    assert place.sequence == len(words)
    assert left == []
    assert bus_bench.heard() == words


def test_a_full_disk_parks_nothing_and_the_events_come_again(bus_bench):
    outcomes = ["one", "long" * 20_000, "two"]
    envelopes = bus_bench.close(*outcomes, consultation="c-1")
    bus_bench.house.databases.dispose()
    with municipality_scope(TOWN):
        engine = bus_bench.house.databases._engine("cases")

    def fill(connection, _record) -> None:
        # SQLite raises the number to the pages there are: the file cannot grow.
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(engine, "connect", fill)

    with pytest.raises(NotDelivered, match="full") as waiting:
        bus_bench.delivery.deliver(envelopes)

    assert waiting.value.streams == {(TOWN, "intake")}
    assert bus_bench.heard() == []
    assert bus_bench.letters() == []
    event.remove(engine, "connect", fill)
    engine.dispose()
    bus_bench.delivery.deliver(envelopes)
    assert bus_bench.heard() == outcomes
    assert bus_bench.letters() == []


def test_one_towns_outage_holds_up_no_other(bus_bench):
    here = bus_bench.close("here")
    there = bus_bench.close("there", town=OTHER_TOWN)
    path = bus_bench.folder / "var" / TOWN / "cases.sqlite"
    bus_bench.house.databases.dispose()
    path.rename(path.with_suffix(".away"))
    path.mkdir()

    codes = MessageCodes(bus_bench.house.keys)
    outcome = bus_bench.delivery.deliver_messages(
        [
            Message(body, codes.code(one.municipality, body))
            for one in (*here, *there)
            for body in [json.dumps([one.to_dict()]).encode()]
        ]
    )

    assert outcome.waiting == {(TOWN, "intake")}
    assert bus_bench.heard(OTHER_TOWN) == ["there"]
    bus_bench.house.databases.dispose()
    path.rmdir()
    path.with_suffix(".away").rename(path)
    assert bus_bench.delivery.catch_up(TOWN, "intake") == 1
    assert bus_bench.heard() == ["here"]


def without_login(bench, municipality) -> Delivery:
    """A process that has not got the key from which its password for one database comes."""
    real = SqliteAddresses(bench.folder / "var")

    def url(service, asked):
        if asked == municipality:
            raise KeyMissing(f"the key logins{asked} is not here")
        return real.url(service, asked)

    addresses = SimpleNamespace(url=url, log_url=url)
    databases = Databases(addresses, bench.house.keys)
    return Delivery(bench.cases, replace(bench.house, databases=databases))


def test_a_town_whose_login_has_no_key_here_holds_up_no_other(bus_bench):
    here = bus_bench.close("here")
    there = bus_bench.close("there", town=OTHER_TOWN)
    codes = MessageCodes(bus_bench.house.keys)
    delivery = without_login(bus_bench, TOWN)

    outcome = delivery.deliver_messages(
        [
            Message(body, codes.code(one.municipality, body))
            for one in (*here, *there)
            for body in [json.dumps([one.to_dict()]).encode()]
        ]
    )

    assert outcome.waiting == {(TOWN, "intake")}
    assert bus_bench.heard(OTHER_TOWN) == ["there"]
    for ask in (
        lambda: delivery.catch_up(TOWN, "intake"),
        lambda: delivery.behind(TOWN, ["intake"]),
    ):
        with pytest.raises(NotDelivered, match=f"logins{TOWN} is not here"):
            ask()
    assert bus_bench.delivery.catch_up(TOWN, "intake") == 1


def test_what_a_worker_of_single_towns_cannot_park_with_the_host_is_named(bus_bench):
    delivery = without_login(bus_bench, HOST)

    assert delivery.deliver_messages([Message(b"nonsense")]) == Outcome((0,))


def test_events_wait_for_a_key_that_cannot_be_read(bus_bench):
    received = bus_bench.receive("what was told")
    key = bus_bench.folder / "keys" / f"{TOWN}.key"
    key.rename(key.with_suffix(".away"))
    key.mkdir()
    house = replace(bus_bench.house, keys=KeyRing(bus_bench.folder / "keys"))
    delivery = Delivery(bus_bench.cases, house)

    with pytest.raises(NotDelivered, match="cannot be read"):
        delivery.deliver([received])

    assert bus_bench.letters() == []
    key.rmdir()
    key.with_suffix(".away").rename(key)
    delivery.deliver([received])
    assert bus_bench.heard() == ["what was told"]


def test_a_message_that_cannot_even_be_parked_is_named(bus_bench):
    path = bus_bench.folder / "var" / HOST / "cases.sqlite"
    path.unlink()
    path.mkdir()
    (envelope,) = bus_bench.close("good")
    good = json.dumps([envelope.to_dict()])

    outcome = bus_bench.bring("nonsense", good)

    assert outcome.unparked == (0,)
    assert bus_bench.heard() == ["good"]
    with pytest.raises(NotParked):
        bus_bench.delivery.deliver([replace(envelope, sequence=0)])


def test_events_wait_for_tables_that_are_not_up_to_date(bus_bench):
    envelopes = bus_bench.close("one")
    versions = bus_bench.cases.migrations / "versions"
    later = (versions / "cases.py").read_text().replace('"cases1"', '"cases2"')
    later = later.replace("down_revision = None", 'down_revision = "cases1"')
    later = later.replace('branch_labels = ("cases",)\ndepends_on = "k0001"', "")
    (versions / "later.py").write_text(later)

    with pytest.raises(NotDelivered, match="kasane migrate"):
        bus_bench.delivery.deliver(envelopes)

    assert bus_bench.heard() == []
    (versions / "later.py").unlink()
    bus_bench.delivery.deliver(envelopes)
    assert bus_bench.heard() == ["one"]


def test_a_new_epoch_counts_from_one_and_loses_nothing(bus_bench):
    old = bus_bench.close("one", "two")
    bus_bench.delivery.deliver(old)
    with municipality_scope(TOWN), bus_bench.house.databases.writing("intake") as connection:
        outbox.begin_epoch(connection)
        connection.commit()

    (new,) = bus_bench.close("after the restore")
    bus_bench.delivery.deliver([new])
    bus_bench.delivery.deliver(old)

    assert (new.sequence, new.epoch != old[0].epoch) == (1, True)
    assert bus_bench.heard() == ["one", "two", "after the restore"]


def test_catching_up_walks_through_every_epoch(bus_bench):
    bus_bench.close("one")
    with municipality_scope(TOWN), bus_bench.house.databases.writing("intake") as connection:
        outbox.begin_epoch(connection)
        connection.commit()
    bus_bench.close("two")

    assert bus_bench.delivery.catch_up(TOWN, "intake") == 2
    assert bus_bench.heard() == ["one", "two"]


def test_an_event_that_no_hearer_could_read_is_refused_where_it_is_said(bus_bench):
    with pytest.raises(MalformedEnvelope, match="subject"):
        bus_bench.close("one", consultation="c" * 129)

    (two,) = bus_bench.close("two")
    assert two.sequence == 1


def forged(bus_bench, how: str) -> Message:
    """A message about a closed consultation, and what is wrong with it."""
    (true,) = bus_bench.close("true")
    false = replace(true, data={**true.data, "outcome": "false"})
    body = json.dumps([false.to_dict()]).encode()
    codes = MessageCodes(bus_bench.house.keys)
    if how == "no code":
        return Message(body)
    if how == "code of another body":
        return Message(body, codes.code(TOWN, json.dumps([true.to_dict()]).encode()))
    if how == "code of another town":
        return Message(body, codes.code(OTHER_TOWN, body))
    if how == "another town in between":
        mixed = json.dumps([false.to_dict(), replace(false, municipality=OTHER_TOWN).to_dict()])
        return Message(mixed.encode(), codes.code(TOWN, mixed.encode()))
    raise AssertionError(how)


@pytest.mark.parametrize(
    "how",
    ["no code", "code of another body", "code of another town", "another town in between"],
)
def test_a_forged_message_changes_nothing_and_what_is_true_comes_from_the_log(bus_bench, how):
    message = forged(bus_bench, how)

    outcome = bus_bench.delivery.deliver_messages([message])

    assert outcome == Outcome(unparked=(0,))
    assert bus_bench.heard() == bus_bench.heard(OTHER_TOWN) == []
    assert bus_bench.letters() == bus_bench.letters(HOST) == []
    assert bus_bench.delivery.catch_up(TOWN, "intake") == 1
    assert bus_bench.heard() == ["true"]


def test_a_forged_message_holds_up_none_that_came_with_it(bus_bench):
    message = forged(bus_bench, "no code")
    here = json.dumps([bus_bench.receive("a story").to_dict()]).encode()
    codes = MessageCodes(bus_bench.house.keys)

    outcome = bus_bench.delivery.deliver_messages([message, Message(here, codes.code(TOWN, here))])

    assert outcome == Outcome(unparked=(0,))
    assert bus_bench.heard() == ["true", "a story"]


def test_without_the_towns_key_its_messages_wait(bus_bench):
    body = json.dumps([bus_bench.close("one")[0].to_dict()]).encode()
    message = Message(body, MessageCodes(bus_bench.house.keys).code(TOWN, body))
    away = KeyRing(bus_bench.folder / "no keys here")
    delivery = Delivery(bus_bench.cases, replace(bus_bench.house, keys=away))

    outcome = delivery.deliver_messages([message])

    assert outcome == Outcome(waiting=frozenset({(TOWN, "intake")}))
    assert bus_bench.heard() == []


def test_a_message_for_a_town_that_has_no_key_here_is_parked_with_the_host(bus_bench):
    (here,) = bus_bench.close("here")
    elsewhere = replace(here, municipality="131016")

    outcome = bus_bench.delivery.deliver_messages(
        [Message(json.dumps([elsewhere.to_dict()]).encode())]
    )

    assert outcome == Outcome()
    assert reasons(bus_bench.letters(HOST)) == [ParkingReason.TOWN_NOT_SERVED]
    assert bus_bench.heard() == []


def test_what_was_applied_repaired_and_parked_is_counted(bus_bench):
    one, _two, _three, four = bus_bench.close("one", "two", "broken", "four")
    bus_bench.failing.add("broken")
    bus_bench.delivery.deliver([one])

    bus_bench.delivery.deliver([four])
    forged = Message(replace(one, sequence=9, id="forged").to_json().encode())
    bus_bench.delivery.deliver_messages([forged])

    def value(name: str, **labels: str) -> float | None:
        return bus_bench.house.meters.registry.get_sample_value(
            name, {"service": "cases", **labels}
        )

    assert value("kasane_events_applied_total", town=TOWN, producer="intake") == 3
    assert value("kasane_gap_repairs_total", town=TOWN, producer="intake") == 3
    assert value("kasane_dead_letters_total", town=TOWN, reason="subscriber_failed") == 1
    assert value("kasane_unauthentic_messages_total") == 1
    assert value("kasane_event_delay_seconds_count", producer="intake") == 3
