"""Random steps of a town show nobody what they may not know, and planted bugs are found."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from kasane_cases.domain.attendance import Attendee
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import Consent, ConsentState
from kasane_cases.repository import Cases, Consents
from tests.stateful.machine import Broken, Sharing
from tests.stateful.town import TownOfThePlay

PLAYS = (1, 2, 3, 4)
STEPS = 2_500
QUIET = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    print_blob=False,
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownOfThePlay]:
    made = TownOfThePlay(tmp_path_factory.mktemp("town"))
    yield made
    made.end()


@pytest.fixture
def machine(town: TownOfThePlay) -> type[Sharing]:
    Sharing.town = town
    Sharing.steps = 0
    Sharing.done.clear()
    return Sharing


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("play", PLAYS)
def test_random_steps_show_nobody_what_they_may_not_know(machine: type[Sharing], play: int) -> None:
    """The plays together take 10,000 steps through the handlers, each play others."""
    played = seed(play)(type(f"Play{play}", (machine,), {}))

    run_state_machine_as_test(
        played,
        settings=settings(QUIET, derandomize=False, max_examples=60, stateful_step_count=60),
    )

    assert played.steps >= STEPS
    assert len(PLAYS) * STEPS >= 10_000


def consent_of_anybody(patch: pytest.MonkeyPatch) -> None:
    real = Consents.standing

    def standing(self: Consents, case_id: str) -> dict[str, Any]:
        found = real(self, case_id)
        given = [one for one in found.values() if one.state is ConsentState.GIVEN]
        case = Cases(self._connection).get(case_id)
        return found | {
            person.id: replace(given[0], person_id=person.id) for person in case.persons if given
        }

    patch.setattr(Consents, "standing", standing)


def expiry_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Consent, "state_on", lambda self, _day: self.state)


def secrecy_skipped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Attendee, "bound", property(lambda _self: True))


def closed_words_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ConferenceSession, "item_open_to", lambda *_arguments: True)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("plant", "invariant"),
    [
        (consent_of_anybody, "I-0[127]"),
        (expiry_ignored, "I-0[128]"),
        (secrecy_skipped, "I-0[13]"),
        (closed_words_shown, "I-0[34]"),
    ],
)
def test_a_planted_bug_is_found(
    machine: type[Sharing],
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    invariant: str,
) -> None:
    plant(monkeypatch)

    with pytest.raises(Broken, match=invariant):
        run_state_machine_as_test(
            machine, settings=settings(QUIET, max_examples=60, stateful_step_count=40)
        )
