"""Keeps the rules of the house that no import linter can see; each is shown to fail on a planted violation."""

import warnings
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.rules import Rule

ROOT = Path(__file__).resolve().parents[2]

SERVICE = "services/intake/src/kasane_intake"
PLUGIN = "plugins/ikoma/src/kasane_ikoma"
KIT = "packages/kit/src/kasane_kit"

# The rule, a file that breaks it, its text, and what the finding names.
PLANTED: list[tuple[Rule, str, str, str]] = [
    (rules.dynamic_imports, f"{SERVICE}/queries.py", "import importlib", "importlib"),
    (
        rules.dynamic_imports,
        f"{SERVICE}/queries.py",
        "from importlib import import_module",
        "importlib.import_module",
    ),
    (
        rules.dynamic_imports,
        f"{PLUGIN}/plugin.py",
        "from importlib.metadata import entry_points",
        "importlib.metadata.entry_points",
    ),
    (rules.dynamic_imports, f"{KIT}/plugins/catalogue.py", "import importlib", "importlib"),
    (rules.dynamic_imports, f"{KIT}/ids.py", 'os = __import__("os")', "__import__()"),
    (rules.dynamic_imports, f"{KIT}/ids.py", 'eval("1")', "eval()"),
    (rules.http_clients, f"{SERVICE}/handlers.py", "import requests", "requests"),
    (rules.http_clients, f"{SERVICE}/handlers.py", "from urllib import request", "urllib.request"),
    (rules.http_clients, f"{PLUGIN}/plugin.py", "import http.client", "http.client"),
    (rules.http_clients, f"{PLUGIN}/plugin.py", "from httpx import get", "httpx.get"),
    (rules.vague_names, f"{SERVICE}/pages/helpers.py", "", "pages/helpers.py"),
    (rules.vague_names, f"{SERVICE}/common/__init__.py", "", "common/__init__.py"),
    (rules.vague_names, f"{SERVICE}/manager.py", "", "kasane_intake/manager.py"),
    (
        rules.questions_about_the_mode,
        f"{SERVICE}/app.py",
        "from kasane_kit.config import Mode",
        "kasane_kit.config.Mode",
    ),
    (
        rules.questions_about_the_mode,
        f"{KIT}/delivery/doors.py",
        "def f(settings):\n    return settings.mode",
        "settings.mode",
    ),
    (
        rules.questions_about_the_mode,
        f"{SERVICE}/app.py",
        'import os\nos.environ["KASANE_MODE"]',
        "os.environ['KASANE_MODE']",
    ),
    (
        rules.questions_about_the_mode,
        f"{SERVICE}/app.py",
        'import os\nos.environ.get("KASANE_MODE")',
        "os.environ.get('KASANE_MODE')",
    ),
    (rules.foreign_tables, f"{SERVICE}/tables.py", 'Table("counter", metadata)', "counter"),
    (rules.foreign_tables, f"{SERVICE}/tables.py", 'Table("cases_note", metadata)', "cases_note"),
    (
        rules.foreign_tables,
        f"{SERVICE}/queries.py",
        'SQL = "SELECT * FROM cases_case JOIN intake_consultation USING (id)"',
        "cases_case",
    ),
    (
        rules.guesses_at_what_is_there_already,
        f"{SERVICE}/handlers.py",
        "try:\n    save()\nexcept IntegrityError:\n    pass",
        "handlers.py:3: IntegrityError",
    ),
    (
        rules.guesses_at_what_is_there_already,
        f"{KIT}/db/choices.py",
        "try:\n    save()\nexcept (ValueError, sqlite3.IntegrityError) as error:\n    raise",
        "choices.py:3: (ValueError, sqlite3.IntegrityError)",
    ),
    (rules.prints, f"{SERVICE}/handlers.py", "print(1)", "handlers.py:1"),
    (rules.long_modules, f"{SERVICE}/handlers.py", "\n" * 601, "601 lines"),
    (rules.unfinished_or_bound_to_one_place, f"{SERVICE}/app.py", "# TO" + "DO: later", "app.py:1"),
    (rules.unfinished_or_bound_to_one_place, "docs/x.md", "FIX" + "ME", "docs/x.md:1"),
    (
        rules.unfinished_or_bound_to_one_place,
        "requirements/x.txt",
        "--index-url " + "https://packages.example/simple",
        "requirements/x.txt:1",
    ),
    (rules.missing_docstrings, f"{SERVICE}/app.py", "x = 1", "app.py"),
    (rules.missing_docstrings, f"{SERVICE}/app.py", '"""A."""\nclass A: ...', "app.py: A"),
    (rules.missing_docstrings, f"{SERVICE}/app.py", '"""A."""\ndef f(): ...', "app.py: f"),
    (
        rules.missing_docstrings,
        f"{SERVICE}/app.py",
        '"""A."""\nclass A:\n    """A."""\n    def f(self): ...',
        "app.py: A.f",
    ),
    (rules.domain_nouns_in_kit, f"{KIT}/ids.py", "def consultation_id(): ...", "(consultation)"),
    (rules.domain_nouns_in_kit, f"{KIT}/ids.py", "class ReferralSheetRow: ...", "(referral_sheet)"),
    (rules.domain_nouns_in_kit, f"{KIT}/ids.py", "def f(case): ...", "(case)"),
    (rules.domain_nouns_in_kit, f"{KIT}/ids.py", "open_case = 1", "(case)"),
]
PLANTED += [
    (
        rules.migrations_that_take_away,
        f"{SERVICE}/migrations/versions/i0002_less.py",
        f'"""A."""\n\n\ndef upgrade():\n    {step}\n',
        named,
    )
    for step, named in (
        ('op.drop_column("intake_a", "b")', "drop_column"),
        ('table.add_column(sa.Column("b", sa.Text, nullable=False))', "add_column"),
        ('op.execute("ALTER TABLE a RENAME TO b")', "execute"),
    )
]

RULES = sorted({rule for rule, *_ in PLANTED}, key=lambda rule: rule.__name__)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "path", "text", "named"), PLANTED)
def test_a_planted_violation_is_named(
    tmp_path: Path, rule: Rule, path: str, text: str, named: str
) -> None:
    _small_tree(tmp_path)
    before = rule(tmp_path)

    _write(tmp_path, path, text)
    found = rule(tmp_path)

    assert before == []
    assert [finding for finding in found if named in finding] != []
    assert [finding for finding in found if path.rsplit("/", 2)[1] in finding] != []


def test_every_rule_is_on_this_list() -> None:
    written = {
        name
        for name, member in vars(rules).items()
        if not name.startswith("_")
        and getattr(member, "__annotations__", {}).get("return") == list[str]
    }

    assert {rule.__name__ for rule in RULES} == written


@pytest.mark.filterwarnings("default")
def test_modules_that_grow_long_are_told_before_they_are_too_long() -> None:
    growing = rules.long_modules(ROOT, most=500, most_in_kit=400)

    if growing:
        warnings.warn(f"talk about these in the review: {growing}", stacklevel=1)

    assert set(rules.long_modules(ROOT)) <= set(growing)


def test_what_is_allowed_stays_allowed(tmp_path: Path) -> None:
    _small_tree(tmp_path)
    _write(
        tmp_path,
        f"{PLUGIN}/plugin.py",
        '"""A."""\nfrom importlib import resources\nimport urllib.parse\n',
    )
    _write(
        tmp_path,
        f"{KIT}/tenancy/scope.py",
        '"""A."""\n\n\ndef town_of(municipality, casefold, covisit):\n    """A town."""\n',
    )
    _write(tmp_path, f"{SERVICE}/migrations/versions/i1.py", "def upgrade(): ...\n")

    assert {rule.__name__: rule(tmp_path) for rule in RULES} == {
        rule.__name__: [] for rule in RULES
    }


def _small_tree(root: Path) -> None:
    _write(
        root,
        "packages/contracts/src/kasane_contracts/glossary.toml",
        "".join(
            f"[{term}]\nen = 'x'\n" for term in ("town", "case", "consultation", "referral_sheet")
        ),
    )
    _write(root, "services/cases/src/kasane_cases/tables.py", '"""A."""\nTable("cases_case", m)\n')
    _write(root, f"{KIT}/plugins/manager.py", '"""A."""\n')
    _write(root, f"{KIT}/config.py", '"""A."""\n\nimport os\nos.environ["KASANE_MODE"]\n')


def _write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")
