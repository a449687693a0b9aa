"""Checks the only maker of ids in the house."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

from kasane_kit.ids import new_id


def until_the_next_millisecond() -> None:
    began = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == began:
        pass


def test_an_id_is_a_uuid_of_version_7_with_the_present_time() -> None:
    before = time.time_ns() // 1_000_000

    made = UUID(new_id())

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_of_later_milliseconds_sort_behind_earlier_ones() -> None:
    made = []
    for _ in range(20):
        made.append(new_id())
        until_the_next_millisecond()

    assert made == sorted(made)


def test_ids_are_never_given_twice_by_several_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(20_000)))

    assert len(set(made)) == 20_000


def test_the_random_part_uses_all_its_bits() -> None:
    ones, zeros = 0, 0
    for _ in range(500):
        ones |= UUID(new_id()).int
        zeros |= ~UUID(new_id()).int

    random_bits = ((1 << 62) - 1) | ((1 << 12) - 1) << 64
    assert ones & random_bits == random_bits
    assert zeros & random_bits == random_bits
