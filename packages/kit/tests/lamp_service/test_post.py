"""A parcel from town to town arrives exactly once, however often the one who carries it falls."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, text

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


def send(bench, *names, to=OTHER_TOWN):
    with bench.unit(bench.staff("coordinator")) as uow:
        for name in names:
            uow.post("lamps.lamp", to, {"name": name})
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


def test_a_parcel_for_a_town_that_is_not_served_waits_and_the_others_go(posting, lamp_rows):
    send(posting, "desk lamp", to="131016")
    send(posting, "street lamp")

    assert Post(posting.service, posting.house).carry() == 1

    assert there(posting, lamp_rows) == ["street lamp"]
    assert left_behind(posting) == ['{"name": "desk lamp"}', "{}"]


def test_the_post_refuses_to_stand_inside_a_town(posting):
    send(posting, "desk lamp")

    with municipality_scope(TOWN):
        Post(posting.service, posting.house).carry()

    assert left_behind(posting) == ['{"name": "desk lamp"}']
