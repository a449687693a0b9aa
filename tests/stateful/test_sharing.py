"""Random steps of a town show nobody what they may not know, and planted bugs are found."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from tests.stateful.machine import Sharing
from tests.stateful.planted import PLANTED, Planted
from tests.stateful.play import Broken
from tests.stateful.town import TownOfThePlay

PLAYS = (1, 2, 3, 4)
STEPS = 2_500
SEEDS = 5
MEMORY = Path("/dev/shm")
QUIET = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    print_blob=False,
    report_multiple_bugs=False,
)


@pytest.fixture(scope="module")
def town() -> Iterator[TownOfThePlay]:
    """Its databases lie in memory where the machine has such a place: a play makes them new each time."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        made = TownOfThePlay(Path(folder))
        yield made
        made.end()


@pytest.fixture
def machine(town: TownOfThePlay) -> type[Sharing]:
    Sharing.town = town
    Sharing.steps = 0
    Sharing.plays = count()
    Sharing.done.clear()
    return Sharing


@pytest.mark.slow
@pytest.mark.parametrize("play", PLAYS)
def test_random_steps_show_nobody_what_they_may_not_know(machine: type[Sharing], play: int) -> None:
    """The plays together take 10,000 steps through the handlers, each play others."""
    steps = 0
    for part in count(100 * play):
        played = seed(part)(type(f"Play{part}", (machine,), {}))
        run_state_machine_as_test(
            played,
            settings=settings(QUIET, derandomize=False, max_examples=10, stateful_step_count=60),
        )
        steps += played.steps
        if steps >= STEPS:
            break

    assert len(PLAYS) * STEPS >= 10_000
    assert machine.expected() - set(machine.done) == set()
    assert len(machine.refusals() - set(machine.done)) <= 2


def only(machine: type[Sharing], acts: tuple[str, ...], *, pages: bool = False) -> type[Sharing]:
    """A short play of these acts and no others."""
    others = {name: undrawn(getattr(machine, name)) for name in machine.acts() - set(acts)}
    return type("Short", (machine,), {**others, "with_pages": pages})


def undrawn(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act for other acts to call, not drawn at random any more."""
    return lambda *arguments, **named: act(*arguments, **named)


@pytest.mark.slow
@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_a_planted_bug_is_found(
    machine: type[Sharing], monkeypatch: pytest.MonkeyPatch, planted: Planted
) -> None:
    planted.plant(monkeypatch)

    causes = broken_by(machine, planted)

    assert any(re.search(planted.finding, str(one)) for one in causes), causes


def broken_by(machine: type[Sharing], planted: Planted) -> Sequence[BaseException]:
    """What the short plays of a planted bug find: of one seed, or of another where that happens to miss it."""
    plays = settings(
        QUIET,
        derandomize=False,
        max_examples=40,
        stateful_step_count=40,
    )
    for part in range(planted.seed, planted.seed + SEEDS):
        try:
            run_state_machine_as_test(
                seed(part)(only(machine, planted.acts, pages=planted.pages)), settings=plays
            )
        except FlakyFailure as error:
            # Who looks next depends on the play's number: a play that is tried again may look with other eyes.
            return error.exceptions
        except (Broken, IntegrityError) as error:
            return (error,)
    return ()


@pytest.mark.slow
@pytest.mark.parametrize("acts", sorted({planted.acts for planted in PLANTED}), ids=len)
def test_the_short_plays_find_nothing_without_a_bug(
    machine: type[Sharing], acts: tuple[str, ...]
) -> None:
    run_state_machine_as_test(
        only(machine, acts), settings=settings(QUIET, max_examples=3, stateful_step_count=40)
    )
