"""What waits is handed out in turns between its owners, and each owner's things in their order."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from kasane_kit.bus import turns as turns_module
from kasane_kit.bus.turns import SHARED_TURN, Turns

FRAME = 60 * 1024


def test_a_quiet_owner_waits_for_one_thing_of_the_busy_one_at_most():
    turns: Turns[str] = Turns(128)
    for number in range(20):
        assert turns.add("busy", f"busy-{number}", FRAME)
    turns.add("quiet", "quiet-0", 500)
    assert "busy-0" in turns.take()

    turns.add("quiet", "quiet-1", 500)

    assert turns.take()[:2] == ["quiet-0", "quiet-1"]


def test_alone_an_owner_has_long_turns_and_beside_another_short_ones():
    turns: Turns[int] = Turns(128)
    for number in range(20):
        turns.add("busy", number, FRAME)
    assert len(turns.take()) == 8

    turns.add("quiet", 100, 500)

    assert turns.take() == [100, 8]
    assert turns.take() == [9]


def test_many_owners_have_short_turns_also_long_after_the_last_of_them_came(monkeypatch):
    monkeypatch.setattr(turns_module, "SHARED_SECONDS", 0.0)
    turns: Turns[int] = Turns(128)
    for number in range(60):
        turns.add(f"town-{number}", number, 500)

    assert turns.take() == [0, 1, 2, 3, 4, 5]


def test_no_owner_fills_the_room_and_the_first_things_of_others_fit():
    turns: Turns[int] = Turns(16)

    kept = [turns.add("busy", number, 10) for number in range(20)]

    assert kept == [True] * 8 + [False] * 12
    assert all(turns.add(f"town-{number}", number, 10) for number in range(100))
    assert turns.add("busy", 20, 10, share=False)


@given(
    st.lists(
        st.one_of(st.none(), st.tuples(st.sampled_from("abcd"), st.integers(0, 2 * SHARED_TURN))),
        max_size=60,
    )
)
def test_everything_comes_once_and_each_owners_things_in_order(steps):
    turns: Turns[tuple[str, int]] = Turns(8)
    told, came = defaultdict(list), defaultdict(list)
    for number, step in enumerate(steps):
        if step is not None:
            owner, size = step
            if turns.add(owner, (owner, number), size):
                told[owner].append(number)
            continue
        before = len(turns)
        taken = turns.take()
        assert bool(taken) == bool(before)
        for owner, one in taken:
            came[owner].append(one)
    while taken := turns.take():
        for owner, one in taken:
            came[owner].append(one)
    assert came == told
    assert len(turns) == 0
