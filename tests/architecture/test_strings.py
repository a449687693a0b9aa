"""Both languages say the same things, in every service and in the kit."""

import re

import pytest

from kasane_kit.strings import sentences

PACKAGES = (
    "kasane_kit",
    "kasane_intake",
    "kasane_cases",
    "kasane_resources",
    "kasane_outreach",
    "kasane_portal",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_have_the_same_keys_and_the_same_facts(package):
    japanese, english = sentences(package, "ja"), sentences(package, "en")

    assert sorted(japanese) == sorted(english)
    assert {key for key in japanese if _facts(japanese[key]) != _facts(english[key])} == set()


def test_a_sentence_that_stands_twice_is_told_with_its_file(tmp_path, monkeypatch):
    package = tmp_path / "house_of_words"
    (package / "strings" / "ja").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "strings" / "ja.toml").write_text('[door]\nopen = "開く"\n', "utf-8")
    (package / "strings" / "ja" / "extra.toml").write_text('door.open = "開ける"\n', "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ValueError, match=r"'door\.open' stands twice in ja.*extra\.toml"):
        sentences("house_of_words", "ja")


def _facts(sentence):
    return set(re.findall(r"\{(\w+)\}", sentence))
