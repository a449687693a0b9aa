"""A parcel from town to town arrives exactly once, however often the one who carries it falls."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, text

from kasane_kit.audit.tables import audit_entry
from kasane_kit.bus import parcels
from kasane_kit.bus.tables import parcel_out
from kasane_kit.delivery import Post
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN


class Fallen(BaseException):
    """The process ends here."""


@pytest.fixture
def posting(lamps):
    """The bench of lamps, where a parcel makes a lamp in the town it comes to."""

    def on_lamp(parcel, uow, _hooks):
        if parcel.body["name"] == "broken":
            raise ValueError("a broken lamp")
        uow.connection.execute(
            text("INSERT INTO lamps_lamp (id, name, watts, version) VALUES (:id, :name, 60, 1)"),
            {"id": parcel.id, "name": parcel.body["name"]},
        )

    return replace(lamps, service=replace(lamps.service, parcels={"lamps.lamp": on_lamp}))


def send(bench, *names, to=OTHER_TOWN, subject=""):
    with bench.unit(bench.staff("coordinator")) as uow:
        for name in names:
            uow.post("lamps.lamp", to, {"name": name}, subject)
        uow.record("lamps.lamp.sent", "lamp", "all")
        uow.commit()


def there(bench, lamp_rows):
    return [name for name, _watts in lamp_rows(replace(bench, municipality=OTHER_TOWN))]


def left_behind(bench):
    with bench.reading() as connection:
        return [
            row.body
            for row in connection.execute(select(parcel_out.c.body).order_by(parcel_out.c.position))
        ]


def test_a_parcel_arrives_in_the_other_town_and_the_sender_keeps_nothing_of_it(posting, lamp_rows):
    send(posting, "desk lamp", "street lamp")

    assert Post(posting.service, posting.house).carry() == 2

    assert there(posting, lamp_rows) == ["desk lamp", "street lamp"]
    assert lamp_rows(posting) == []
    assert left_behind(posting) == ["{}", "{}"]


def test_nothing_is_sent_by_a_unit_that_was_not_committed(posting, lamp_rows):
    with posting.unit(posting.staff("coordinator")) as uow:
        uow.post("lamps.lamp", OTHER_TOWN, {"name": "desk lamp"})

    assert Post(posting.service, posting.house).carry() == 0
    assert there(posting, lamp_rows) == []


@pytest.mark.parametrize("after", [False, True], ids=["before a commit", "after a commit"])
@pytest.mark.parametrize("commits", range(4))
def test_who_falls_at_any_commit_neither_loses_nor_doubles(
    posting, lamp_rows, monkeypatch, commits, after
):
    send(posting, "desk lamp", "street lamp")
    left = [commits]
    real = Connection.commit

    def commit(connection):
        if left[0] == 0:
            left[0] = -1
            if after:
                real(connection)
            raise Fallen
        left[0] -= 1
        real(connection)

    monkeypatch.setattr(Connection, "commit", commit)
    with suppress(Fallen):
        Post(posting.service, posting.house).carry()
    assert left[0] == -1
    monkeypatch.setattr(Connection, "commit", real)
    Post(posting.service, posting.house).carry()

    assert there(posting, lamp_rows) == ["desk lamp", "street lamp"]
    assert left_behind(posting) == ["{}", "{}"]
    assert Post(posting.service, posting.house).carry() == 0


def test_a_parcel_that_cannot_be_taken_holds_up_those_behind_it_and_is_kept(posting, lamp_rows):
    send(posting, "desk lamp", "broken", "street lamp")

    assert Post(posting.service, posting.house).carry() == 1

    assert there(posting, lamp_rows) == ["desk lamp"]
    assert left_behind(posting) == ["{}", '{"name": "broken"}', '{"name": "street lamp"}']


def aside(bench):
    with bench.reading() as connection:
        return [(one.kind, one.subject, one.detail) for one in parcels.put_aside_ones(connection)]


def actions(bench):
    with bench.reading() as connection:
        rows = connection.execute(select(audit_entry.c.action, audit_entry.c.basis))
        return [tuple(row) for row in rows if ".parcel." in row.action]


def test_a_parcel_that_fails_three_times_is_put_aside_and_what_is_about_others_goes_on(
    posting, lamp_rows
):
    send(posting, "broken", "street lamp", subject="one")
    send(posting, "desk lamp", subject="other")
    post = Post(posting.service, posting.house)

    assert [post.carry() for _ in range(4)] == [1, 0, 0, 0]

    assert there(posting, lamp_rows) == ["desk lamp"]
    assert aside(posting) == [("lamps.lamp", "one", "ValueError: a broken lamp")]
    assert actions(posting) == [("lamps.parcel.parked", "lamps.lamp ValueError")]
    assert left_behind(posting) == ['{"name": "broken"}', '{"name": "street lamp"}', "{}"]
    send(posting, "late lamp", subject="one")
    send(posting, "bright lamp", subject="third")
    assert post.carry() == 1
    assert there(posting, lamp_rows) == ["bright lamp", "desk lamp"]


def test_a_parcel_about_nothing_that_is_put_aside_keeps_its_place_before_all(posting, lamp_rows):
    send(posting, "broken")
    send(posting, "desk lamp", subject="other")
    post = Post(posting.service, posting.house)

    assert [post.carry() for _ in range(4)] == [0, 0, 0, 0]

    assert len(aside(posting)) == 1
    assert there(posting, lamp_rows) == []


def test_a_parcel_that_is_given_back_goes_before_those_that_waited(posting, lamp_rows):
    send(posting, "broken", "street lamp", subject="one")
    for _ in range(3):
        Post(posting.service, posting.house).carry()
    with posting.reading() as connection:
        (parked,) = parcels.put_aside_ones(connection)
    mended = posting.service.parcels["lamps.lamp"]

    def take(parcel, uow, hooks):
        mended(replace(parcel, body={"name": parcel.body["name"] + " mended"}), uow, hooks)

    post = Post(replace(posting.service, parcels={"lamps.lamp": take}), posting.house)
    assert post.give_back(TOWN, "another") is False
    assert post.give_back(TOWN, parked.id) is True

    assert post.carry() == 2
    assert there(posting, lamp_rows) == ["broken mended", "street lamp mended"]
    assert aside(posting) == []
    assert [action for action, _ in actions(posting)] == [
        "lamps.parcel.parked",
        "lamps.parcel.given_back",
    ]


def test_a_parcel_for_a_town_that_is_not_served_waits_and_the_others_go(posting, lamp_rows):
    send(posting, "desk lamp", to="131016")
    send(posting, "street lamp")

    assert Post(posting.service, posting.house).carry() == 1

    assert there(posting, lamp_rows) == ["street lamp"]
    assert left_behind(posting) == ['{"name": "desk lamp"}', "{}"]


def test_however_many_wait_for_towns_that_are_away_the_others_get_theirs(posting, lamp_rows):
    for town in ("131016", "313721"):
        send(posting, *(f"lamp {number}" for number in range(parcels.AT_ONCE)), to=town)
    send(posting, "broken", subject="one")
    send(posting, "street lamp", "desk lamp", subject="other")

    assert Post(posting.service, posting.house).carry() == 2

    assert there(posting, lamp_rows) == ["desk lamp", "street lamp"]
    with posting.reading() as connection:
        tried = connection.scalars(select(parcel_out.c.attempts)).all()
    assert sorted(tried)[-2:] == [0, 1]


def test_the_post_refuses_to_stand_inside_a_town(posting):
    send(posting, "desk lamp")

    with municipality_scope(TOWN):
        Post(posting.service, posting.house).carry()

    assert left_behind(posting) == ['{"name": "desk lamp"}']
