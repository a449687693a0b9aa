"""No word that a person told stands in a log, whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from kasane_kit.db.engine import SqliteAddresses, open_engine
from kasane_kit.logs import install_logs, said

CANARIES = (
    "山田花子",
    "yamada-hanako",
    "1987-03-04",
    "0743-74-1111",
    "hanako@example.jp",
    "奈良県生駒市東新町8番38号",
)


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers, root.level)
    stream = io.StringIO()
    install_logs(lambda: {"town": "292095"}, as_json=True, stream=stream)
    yield stream
    root.handlers, level = before
    root.setLevel(level)


class Driver(Exception):
    """What PostgreSQL's driver raises, in its own words."""

    sqlstate = "23505"

    class diag:
        constraint_name = "intake_person_pkey"


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize(
    "words",
    [
        'invalid input syntax for type date: "{}"',
        "could not read '{}' as a number",
        "Key (name)=({}) already exists.",
        "first line\nDETAIL:  Failing row contains (1, {}).",
        "GET /intake/292095/search?q={} failed",
    ],
)
def test_what_an_error_says_is_told_without_what_somebody_typed(words: str, canary: str) -> None:
    assert canary not in said(ValueError(words.format(canary)))


@pytest.mark.parametrize("canary", [one for one in CANARIES if one != "yamada-hanako"])
def test_names_dates_and_numbers_are_taken_out_of_plain_words_too(canary: str) -> None:
    assert said(RuntimeError(f"nobody knows {canary} here")) == "nobody knows … here"


def test_what_an_operator_needs_stays() -> None:
    error = DBAPIError(
        "INSERT …", {}, Driver('duplicate key violates "x"\nDETAIL: Key (name)=(山田)')
    )

    assert said(error) == f"23505 ({__name__}.Driver) duplicate key violates … [intake_person_pkey]"
    assert said(OSError(28, "No space left on device")) == "[Errno 28] No space left on device"
    assert said(ValueError()) == ""


def test_an_error_is_one_line_of_json_with_where_it_happened(told: io.StringIO) -> None:
    try:
        try:
            raise KeyError("山田花子")
        except KeyError as error:
            raise RuntimeError("the story of 山田花子 is not readable") from error
    except RuntimeError:
        logging.getLogger("kasane.x").exception("%s: event %s failed", "cases", "e-1")

    (line,) = told.getvalue().splitlines()
    facts = json.loads(line)

    assert (facts["level"], facts["logger"], facts["town"]) == ("ERROR", "kasane.x", "292095")
    assert facts["message"] == "cases: event e-1 failed"
    assert [(one["type"], one["said"]) for one in facts["errors"]] == [
        ("builtins.RuntimeError", "the story of … is not readable"),
        ("builtins.KeyError", "…"),
    ]
    assert "test_logs.py" in facts["errors"][0]["at"][-1]
    assert "山田" not in line
    assert "\\u5c71" not in line


def test_an_error_among_the_arguments_is_cleaned_as_well(told: io.StringIO) -> None:
    logging.getLogger("kasane.x").warning("waits: %s", ValueError("no number: '山田花子'"))
    logging.getLogger("kasane.x").warning(ValueError("no number: '山田花子'"))
    logging.getLogger("gunicorn.error").error("Error handling request %s", "/intake/x?q=%E5%B1%B1")

    messages = [json.loads(line)["message"] for line in told.getvalue().splitlines()]

    assert messages == [
        "waits: ValueError: no number: …",
        "no number: …",
        "Error handling request /intake/x?…",
    ]


def test_the_database_names_the_statement_and_not_what_was_bound(tmp_path) -> None:
    metadata = MetaData()
    person = Table(
        "person", metadata, Column("id", Integer, primary_key=True), Column("name", String(60))
    )
    engine = open_engine(SqliteAddresses(tmp_path).url("intake", "292095"))
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(person).values(id=1, name=CANARIES[0]))

    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(person).values(id=1, name=CANARIES[0]))
    engine.dispose()

    assert CANARIES[0] not in str(caught.value)
    # The same without the house's engine: the test would see it.
    careless = create_engine("sqlite://")
    with careless.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(person).values(id=1, name=CANARIES[0]))
        with pytest.raises(IntegrityError, match=CANARIES[0]):
            connection.execute(insert(person).values(id=1, name=CANARIES[0]))
    careless.dispose()
