"""Checks that a form names every problem at its field and keeps what was typed."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from kasane_kit import clock
from kasane_kit.clock import JAPAN
from kasane_kit.strings import KIT_PACKAGE, Strings
from kasane_kit.web import Form, repeated
from kasane_plugin_api import Choice, FieldKind, FieldSpec

CHOICES = (Choice("window", "窓口"), Choice("phone", "電話"))
SAY = Strings(KIT_PACKAGE)

GOOD: list[tuple[FieldKind, Any, Any]] = [
    (FieldKind.TEXT, "山川 花子", "山川 花子"),
    (FieldKind.TEXT, "  端は切る  ", "端は切る"),
    (FieldKind.TEXTAREA, "一行目\r\n二行目", "一行目\r\n二行目"),
    (FieldKind.DATE, "S33.3.4", date(1958, 3, 4)),
    (FieldKind.DATE, "1868-01-25", date(1868, 1, 25)),
    (FieldKind.DATETIME, "2026-11-21T14:00", datetime(2026, 11, 21, 14, tzinfo=JAPAN)),
    (FieldKind.DATETIME, "2026-11-21T05:00+00:00", datetime(2026, 11, 21, 14, tzinfo=JAPAN)),
    (FieldKind.TEL, "0743-74-1111", "0743-74-1111"),
    (FieldKind.EMAIL, "desk@example.jp", "desk@example.jp"),
    (FieldKind.CHOICE, "phone", "phone"),
    (FieldKind.CHOICES, ["phone", "window"], ["phone", "window"]),
    (FieldKind.CHOICES, ["phone", "window", "phone"], ["phone", "window"]),
    (FieldKind.BOOLEAN, "1", True),
    (FieldKind.BOOLEAN, "on", True),
    (FieldKind.BOOLEAN, "0", False),
    (FieldKind.BOOLEAN, "", False),
    (FieldKind.INTEGER, "42", 42),
    (FieldKind.INTEGER, "-3", -3),
    (FieldKind.INTEGER, "４２", 42),
    (FieldKind.INTEGER, "999999999", 999_999_999),
    (FieldKind.PASSWORD, "correct horse battery", "correct horse battery"),
]
BAD: list[tuple[FieldKind, Any, str]] = [
    (FieldKind.TEXT, "あ" * 21, "項目は20文字までです（いま21文字）。"),
    (FieldKind.TEXT, "a\x00b", "項目に読み取れない文字があります。"),
    (FieldKind.TEXTAREA, "あ" * 21, "項目は20文字までです（いま21文字）。"),
    (FieldKind.TEXTAREA, "\x00", "項目に読み取れない文字があります。"),
    (FieldKind.DATE, "令和8年1月32日", "項目を日付として読み取れません。"),
    (FieldKind.DATE, "あした", "項目を日付として読み取れません。"),
    (FieldKind.DATE, "1868-01-24", "項目には、1868年1月25日（明治元年）から"),
    (FieldKind.DATE, "0001-01-01", "項目には、1868年1月25日（明治元年）から"),
    (FieldKind.DATE, "2999-01-01", "項目には、1868年1月25日（明治元年）から"),
    (FieldKind.DATETIME, "0001-01-01T00:00", "項目には、1868年1月25日（明治元年）から"),
    (FieldKind.DATETIME, "9999-12-31T23:59", "項目には、1868年1月25日（明治元年）から"),
    (FieldKind.DATETIME, "2026-11-21T25:00", "項目を日時として読み取れません。"),
    (FieldKind.DATETIME, "二時", "項目を日時として読み取れません。"),
    (FieldKind.DATETIME, "0001-01-01T00:00+09:00", "項目を日時として読み取れません。"),
    (FieldKind.TEL, "0" * 21, "項目は20文字までです（いま21文字）。"),
    (FieldKind.EMAIL, "desk", "項目の形がメールアドレスではありません。"),
    (FieldKind.EMAIL, "desk@", "項目の形がメールアドレスではありません。"),
    (FieldKind.CHOICE, "pigeon", "項目は一覧から選んでください。"),
    (FieldKind.CHOICES, ["phone", "pigeon"], "項目は一覧から選んでください。"),
    (FieldKind.INTEGER, "many", "項目は数字で入力してください。"),
    (FieldKind.INTEGER, "1.5", "項目は数字で入力してください。"),
    (FieldKind.INTEGER, "1_000", "項目は数字で入力してください。"),
    (FieldKind.INTEGER, "9" * 10, "項目は数字で入力してください。"),
    (FieldKind.INTEGER, "9" * 20, "項目は数字で入力してください。"),
    (FieldKind.PASSWORD, "x" * 21, "項目は20文字までです（いま21文字）。"),
]
EMPTY = {
    FieldKind.TEXT: "",
    FieldKind.TEXTAREA: "",
    FieldKind.DATE: None,
    FieldKind.DATETIME: None,
    FieldKind.TEL: "",
    FieldKind.EMAIL: "",
    FieldKind.CHOICE: "",
    FieldKind.CHOICES: [],
    FieldKind.BOOLEAN: False,
    FieldKind.INTEGER: None,
    FieldKind.PASSWORD: "",
}


def _spec(kind: FieldKind, required: bool = False) -> FieldSpec:
    length = 20 if kind not in (FieldKind.DATETIME, FieldKind.EMAIL, FieldKind.PASSWORD) else 30
    if kind is FieldKind.PASSWORD:
        length = 25
    return FieldSpec("field", "項目", kind, required, choices=CHOICES, max_length=length)


@pytest.mark.parametrize(("kind", "typed", "value"), GOOD)
def test_a_right_field_becomes_its_value(kind: FieldKind, typed: Any, value: Any) -> None:
    form = Form((_spec(kind),))

    right = form.check(MultiDict({"field": typed}), SAY.text)

    assert right
    assert form.values == {"field": value}
    assert form.errors == {}


@pytest.mark.parametrize(("kind", "typed", "sentence"), BAD)
def test_a_wrong_field_has_its_sentence_and_keeps_what_was_typed(
    kind: FieldKind, typed: Any, sentence: str
) -> None:
    spec = FieldSpec("field", "項目", kind, choices=CHOICES, max_length=20)
    if kind in (FieldKind.DATETIME, FieldKind.INTEGER):
        spec = _spec(FieldKind.DATETIME) if kind is FieldKind.DATETIME else _spec(kind)
    form = Form((spec,))

    right = form.check(MultiDict({"field": typed}), SAY.text)

    assert not right
    assert [text.startswith(sentence) for text in form.errors["field"]] == [True]
    assert form.shown("field") == typed
    assert "field" not in form.values


@pytest.mark.parametrize("kind", list(FieldKind))
@pytest.mark.parametrize("data", [{}, {"field": ""}, {"field": "   "}])
def test_an_empty_field_is_empty_and_missed_when_required(
    kind: FieldKind, data: dict[str, str]
) -> None:
    if kind is FieldKind.CHOICES:
        data = {}
    optional, required = Form((_spec(kind),)), Form((_spec(kind, required=True),))

    assert optional.check(MultiDict(data), SAY.text)
    assert optional.values == {"field": EMPTY[kind]}
    assert not required.check(MultiDict(data), SAY.text)
    asked = "選んで" if kind in (FieldKind.CHOICE, FieldKind.CHOICES) else "入力して"
    assert required.errors == {"field": [f"項目を{asked}ください。"]}


@pytest.mark.parametrize(("year", "right"), [(2126, True), (2127, False)])
def test_the_last_day_that_a_form_takes_is_in_the_hundredth_year_from_now(
    year: int, right: bool
) -> None:
    form = Form((_spec(FieldKind.DATE),))

    with clock.fixed(lambda: datetime(2026, 11, 21, 14, tzinfo=JAPAN)):
        assert form.check(MultiDict({"field": f"{year}-12-31"}), SAY.text) is right

    assert "field" in (form.values if right else form.errors)


def test_every_kind_has_good_input_tested_here() -> None:
    assert {kind for kind, _, _ in GOOD} == set(FieldKind) == set(EMPTY)
    assert {kind for kind, _, _ in BAD} == set(FieldKind) - {FieldKind.BOOLEAN}


def test_every_problem_is_named_at_once() -> None:
    form = Form(
        (
            FieldSpec("name", "氏名", required=True),
            FieldSpec("day", "日付", FieldKind.DATE),
            FieldSpec("number", "人数", FieldKind.INTEGER),
            FieldSpec("note", "メモ"),
        )
    )

    right = form.check(MultiDict({"day": "x", "number": "y", "note": "残る"}), SAY.text)

    assert not right
    assert list(form.errors) == ["name", "day", "number"]
    assert form.values == {"note": "残る"}
    assert [form.shown(name) for name in ("name", "day", "number", "note")] == [
        "",
        "x",
        "y",
        "残る",
    ]


def test_a_rule_over_several_fields_adds_its_sentence() -> None:
    form = Form((FieldSpec("until", "終わり"),))
    form.check(MultiDict({"until": "x"}), SAY.text)

    form.add_error("until", "終わりは始まりより後にしてください。")
    form.add_error("", "組み合わせを確かめてください。")

    assert form.errors == {
        "until": ["終わりは始まりより後にしてください。"],
        "": ["組み合わせを確かめてください。"],
    }
    assert (form.label("until"), form.label("")) == ("終わり", "")


def test_fields_that_nobody_asked_for_are_left_out() -> None:
    form = Form((FieldSpec("name", "氏名"),))

    form.check(MultiDict({"name": "花子", "is_admin": "1"}), SAY.text)

    assert form.values == {"name": "花子"}


PERSON = (FieldSpec("name", "氏名", required=True), FieldSpec("birth", "生年月日", FieldKind.DATE))


def test_rows_keep_their_order_and_empty_rows_are_left_out() -> None:
    data = MultiDict(
        {
            "persons-10-name": "三",
            "persons-0-name": "一",
            "persons-0-birth": "S33.3.4",
            "persons-1-name": "",
            "persons-1-birth": " ",
            "persons-2-name": "二",
            "people-0-name": "別",
            "persons-x-name": "別",
            "persons-3": "別",
            "persons": "別",
        }
    )

    rows = repeated(PERSON, data, "persons", SAY.text)

    assert [row.values["name"] for row in rows] == ["一", "二", "三"]
    assert [row.prefix for row in rows] == ["persons-0-", "persons-2-", "persons-10-"]
    assert rows[0].values["birth"] == date(1958, 3, 4)
    assert rows[1].id_of("name") == "persons-2-name"


def test_a_wrong_row_has_its_problems_and_the_others_are_right() -> None:
    data = MultiDict(
        {
            "persons-0-name": "一",
            "persons-1-birth": "x",
            "persons-2-name": "三",
            "persons-2-birth": "",
        }
    )

    first, second, third = repeated(PERSON, data, "persons", SAY.text)

    assert (first.errors, third.errors) == ({}, {})
    assert sorted(second.errors) == ["birth", "name"]
    assert second.shown("birth") == "x"


def test_without_rows_there_are_none() -> None:
    assert repeated(PERSON, MultiDict(), "persons", SAY.text) == []


@pytest.mark.parametrize("number", ["²", "٣", "-1", "1e3", pytest.param("9" * 5000, id="long")])
def test_a_row_number_that_is_none_does_no_harm(number: str) -> None:
    rows = repeated(PERSON, MultiDict({f"persons-{number}-name": "一"}), "persons", SAY.text)

    assert [row.values for row in rows] == []


@given(st.sampled_from(list(FieldKind)), st.text(max_size=40) | st.lists(st.text(max_size=5)))
def test_whatever_is_typed_there_is_a_value_or_a_sentence(kind: FieldKind, typed: Any) -> None:
    form = Form((FieldSpec("field", "項目", kind, choices=CHOICES, max_length=20),))

    form.check(MultiDict({"field": typed} if typed else {}), SAY.text)

    assert ("field" in form.values) != ("field" in form.errors)
