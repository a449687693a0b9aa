"""What a service may count on, whichever transport carries its events."""

from __future__ import annotations

from tests.transports.hearers import Wired, envelopes


def test_an_event_reaches_every_service_that_hears_its_producer(wired: Wired) -> None:
    said = envelopes(1)

    wired.publish(said)

    assert wired.hearers["cases"].wait_for(1) == said
    assert wired.hearers["resources"].wait_for(1) == said


def test_a_producer_is_not_heard_by_those_who_do_not_listen(wired: Wired) -> None:
    wired.publish(envelopes(3, producer="cases"))
    wired.publish(envelopes(1, producer="intake"))

    assert [one.source for one in wired.hearers["resources"].wait_for(4)] == [
        *["cases"] * 3,
        "intake",
    ]
    assert [one.source for one in wired.hearers["cases"].wait_for(1)] == ["intake"]


def test_a_backlog_arrives_whole_and_in_order(wired: Wired) -> None:
    said = envelopes(350)

    wired.publish(said)

    assert wired.hearers["cases"].wait_for(350) == said
    assert wired.hearers["resources"].wait_for(350) == said


def test_every_town_is_heard(wired: Wired) -> None:
    towns = ("292095", "012319", "host")

    for town in towns:
        wired.publish(envelopes(1, town=town))

    assert [one.municipality for one in wired.hearers["cases"].wait_for(3)] == list(towns)


def test_what_a_hearer_could_not_commit_comes_again(wired: Wired) -> None:
    wired.hearers["cases"].refusals = 1
    said = envelopes(2)

    wired.publish(said)

    # Perhaps more than once: a consumer tells duplicates by their numbers.
    heard = wired.hearers["cases"].wait_for(2)
    assert sorted({one.sequence for one in heard}) == [1, 2]


def test_nothing_to_say_is_nothing_heard(wired: Wired) -> None:
    wired.publish([])
    wired.publish(envelopes(1))

    assert len(wired.hearers["cases"].wait_for(1)) == 1
