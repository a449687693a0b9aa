"""Checks that dates are read and written as Japanese offices do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasane_kit.web.dates import NotADate, age_on, japan_time, parse_date, wareki

MEIJI = date(1868, 1, 25)


@pytest.mark.parametrize(
    "text",
    [
        "1958-03-04",
        "1958-3-4",
        "1958/3/4",
        "1958.3.4",
        "1958年3月4日",
        "1958年03月04日",
        "１９５８－０３－０４",
        "１９５８年３月４日",
        " 1958 年 3 月 4 日 ",
        "昭和33年3月4日",
        "昭和３３年３月４日",
        "昭和33.3.4",
        "昭和 33年 3月 4日",
        "S33.3.4",
        "s33.3.4",
        "Ｓ３３．３．４",
        "S33/03/04",
        "S33-3-4",
        "S33年3月4日",
        "㍼33年3月4日",
    ],
)
def test_one_day_is_read_however_it_is_typed(text: str) -> None:
    assert parse_date(text) == date(1958, 3, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和1年5月1日", date(2019, 5, 1)),
        ("R元.5.1", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("H31.4.30", date(2019, 4, 30)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("M6.1.1", date(1873, 1, 1)),
        ("明治元年1月25日", MEIJI),
        ("2024-02-29", date(2024, 2, 29)),
        ("令和6年2月29日", date(2024, 2, 29)),
    ],
)
def test_the_first_and_the_last_day_of_every_era(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "昨日",
        "1958",
        "1958-03",
        "58-03-04",
        "03/04/1958",
        "19580304",
        "1958-03-04T10:00",
        "1958-03-04 or so",
        "2026-01-32",
        "令和8年1月32日",
        "令和8年13月1日",
        "令和8年0月1日",
        "令和8年1月0日",
        "令和7年2月29日",
        "2025-02-29",
        "0000-01-01",
        "令和0年5月1日",
        "令和元年4月30日",
        "平成31年5月1日",
        "平成35年3月31日",
        "平成元年1月7日",
        "昭和64年1月8日",
        "昭和65年1月1日",
        "S93.3.4",
        "昭和元年12月24日",
        "大正15年12月26日",
        "大正59年12月25日",
        "大正元年7月29日",
        "明治45年7月31日",
        "明治59年12月25日",
        "明治元年1月1日",
        "慶応3年1月1日",
        "K3.1.1",
        "R9999.1.1",
        "昭和三十三年三月四日",
        "-1958-03-04",
    ],
)
def test_a_day_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_date(text)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 21), "令和8年11月21日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1868, 1, 24), "1868-01-24"),
        ("2026-11-21", "令和8年11月21日"),
        ("2026-11-21T20:00:00+00:00", "令和8年11月22日"),
        (datetime(2026, 11, 21, 15, tzinfo=UTC), "令和8年11月22日"),
        (datetime(2026, 11, 21, 14, 59, tzinfo=UTC), "令和8年11月21日"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_day_is_written_in_the_japanese_calendar(
    day: date | datetime | str | None, written: str
) -> None:
    assert wareki(day) == written


@given(st.dates(min_value=MEIJI, max_value=date(3017, 12, 31)))
def test_what_is_written_in_the_japanese_calendar_is_read_back(day: date) -> None:
    assert parse_date(wareki(day)) == day


@given(st.dates())
def test_what_is_written_in_the_western_calendar_is_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    try:
        day = parse_date(text)
    except NotADate:
        return
    assert date(1, 1, 1) <= day <= date.max


def test_a_moment_is_shown_as_the_clock_on_the_wall_in_japan() -> None:
    shown = japan_time("2026-11-21T01:02:03+00:00")

    assert shown is not None
    assert shown.isoformat() == "2026-11-21T10:02:03+09:00"
    assert japan_time(None) is None
    assert japan_time("") is None


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1958, 3, 4), date(2026, 3, 3), 67),
        (date(1958, 3, 4), date(2026, 3, 4), 68),
        (date(2000, 2, 29), date(2025, 2, 28), 24),
        (date(2000, 2, 29), date(2025, 3, 1), 25),
        (date(2026, 3, 4), date(2026, 3, 4), 0),
        (None, date(2026, 3, 4), None),
    ],
)
def test_age_is_counted_in_full_years(birth: date | None, day: date, age: int | None) -> None:
    assert age_on(birth, day) == age


@given(st.dates(min_value=MEIJI, max_value=date(2150, 1, 1)), st.integers(0, 40_000))
def test_nobody_grows_younger(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)

    assert (age_on(birth, day) or 0) <= (age_on(birth, day + timedelta(days=1)) or 0)
