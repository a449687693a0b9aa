"""The sentences of cases: the same keys in both languages, none asked for in vain."""

import re
from pathlib import Path

import kasane_cases
from kasane_cases.domain import errors
from kasane_cases.domain.disclosure import DisclosureObstacle
from kasane_cases.domain.obstacle import ObstacleCode
from kasane_cases.domain.timeline import CaseTaskKind, TimelineKind
from kasane_kit.strings import Strings

PACKAGE = Path(kasane_cases.__file__).parent
ASKED = re.compile(r"""(?<![\w.])(?:t|text)\(\s*"([a-z_]+\.[a-z_.]+)\"""")


def test_every_sentence_that_a_page_asks_for_is_there():
    strings = Strings("kasane_cases")
    files = [*PACKAGE.glob("templates/cases/*.html"), *PACKAGE.glob("pages/*.py")]
    asked = {key for file in files for key in ASKED.findall(file.read_text("utf-8"))}

    assert {key for key in asked if not strings.has(key)} == set()
    assert len(asked) > 150


def test_every_refusal_says_what_happened_what_was_not_done_and_what_to_do():
    strings = Strings("kasane_cases")
    codes = {
        refusal.code
        for refusal in vars(errors).values()
        if isinstance(refusal, type) and issubclass(refusal, errors.CasesRefusal)
    } - {"refused"}
    codes |= {f"not_ready_{code.value}" for code in ObstacleCode}
    codes |= {f"disclosure_{code.value}" for code in DisclosureObstacle}
    codes |= {f"closing_needs_{what}" for what in ("evaluation", "next_contact", "review_date")}

    missing = {
        f"{code}.{part}"
        for code in codes
        for part in ("why", "not_done", "next")
        if not strings.has(f"refusal.{code}.{part}")
    }

    assert missing == set()


def test_every_kind_of_line_task_and_obstacle_has_its_words():
    strings = Strings("kasane_cases")
    keys = {f"timeline.{kind.value}" for kind in TimelineKind}
    keys |= {f"task.{kind.value}" for kind in CaseTaskKind}
    keys |= {f"unmet.{kind.value}" for kind in CaseTaskKind}
    keys |= {f"obstacle.{code.value}" for code in ObstacleCode}

    assert {key for key in keys if not strings.has(key)} == set()
