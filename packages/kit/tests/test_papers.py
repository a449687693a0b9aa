"""Checks that a paper shows every character it was given, and nothing that was not text."""

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fontTools.cffLib import CFFFontSet
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kasane_kit import clock
from kasane_kit.papers import (
    Bars,
    Choices,
    Fields,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paper,
    Prose,
    Signature,
    pdf,
)


def read(paper: Paper) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(paper)))


def text_of(paper: Paper) -> str:
    return "\n".join(page.extract_text() for page in read(paper).pages)


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


def prose(text: str) -> Paper:
    return Paper("試し刷り", (Prose(text),))


def test_what_stands_on_the_paper_is_read_back_exactly() -> None:
    said = text_of(
        Paper(
            "相談受付票",
            (
                Heading("相談された方"),
                Fields((("氏名", "甲野 花子"), ("住所", "見本町一丁目2番3号"))),
                Choices((("病気や健康", "◎"), ("住まい", "○"), ("介護", ""))),
                Grid(("氏名", "続柄"), (("甲野 一郎", "長男"),)),
                Prose("家賃が払えない。\n（長男は不在。）"),
                Signature("署名"),
                Note("控えは受付で保管します。"),
            ),
            number="2026-00012",
            printed_on=date(2026, 11, 21),
            printed_by="乙野",
            footer="見本市 福祉課",
        )
    )

    for line in (
        "相談受付票",
        "2026-00012",
        "相談された方",
        "氏名 甲野 花子",
        "住所 見本町一丁目2番3号",
        "◎ 病気や健康 ○ 住まい",
        "甲野 一郎 長男",
        "家賃が払えない。\n（長男は不在。）",
        "署名",
        "控えは受付で保管します。",
        "見本市 福祉課 1 / 1 令和8年11月21日 印刷：乙野",
    ):
        assert line in said


@pytest.mark.parametrize(
    "name", ["髙橋", "宮﨑", "𠮷田", "葛\U000e0100城", "辻\U000e0101", "曻", "か\u3099"]
)
def test_variant_characters_of_names_keep_their_shape(name: str) -> None:
    said = text_of(prose(name))

    assert name in said
    assert "〓" not in said


def test_a_variant_the_font_has_is_another_glyph_than_the_usual_one() -> None:
    assert glyphs(prose("葛")) + 1 == glyphs(prose("葛葛\U000e0100"))


def test_a_variant_the_font_lacks_is_printed_in_its_usual_shape_and_told() -> None:
    said = text_of(prose("山\U000e01ef"))

    assert "山（E01EF）" in without_spaces(said)
    assert "標準の字形で印刷しました" in without_spaces(said)


def test_a_character_the_font_lacks_is_marked_and_told() -> None:
    said = without_spaces(text_of(prose("外字\ue000と\ue000と\U0002a6df\x07")))

    assert "外字〓と〓と〓〓" in said
    assert "書体にない文字です" in said
    for code in ("U+0007（1か所）", "U+E000（2か所）", "U+2A6DF（1か所）"):
        assert code in said


def test_characters_without_a_shape_leave_no_mark() -> None:
    assert "甲野花子\n次" in text_of(prose("\ufeff甲\u200b野\u202e花\u2060子\u2028次"))


@pytest.mark.parametrize(
    "text",
    [
        "#set text(fill: red)",
        '#eval("1+1") #read("/etc/hostname")',
        "*太字* _斜体_ $x^2$ `生` <札> @参照",
        "= 見出し",
        "// 消える /* 消える */",
        r"\u{41} \# \"引用\"",
        '"}, {"kind": "page_break"}',
    ],
)
def test_markup_is_shown_and_not_obeyed(text: str) -> None:
    paper = Paper(
        text,
        (
            Heading(text),
            Fields(((text, text),)),
            Grid((text,), ((text,),)),
            Prose(text),
            Note(text),
        ),
        footer=text,
    )

    assert without_spaces(text_of(paper)).count(without_spaces(text)) == 9


@pytest.mark.parametrize("unit", ["あ", "x", "）", "ー", "葛\U000e0100", "\U0001f600", "a b "])
def test_ten_thousand_characters_all_stay_on_the_paper(unit: str) -> None:
    read_back = read(prose(unit * 10_000))

    shown = "〓" if unit == "\U0001f600" else unit
    said = without_spaces("".join(page.extract_text() for page in read_back.pages))
    counted = said.count(without_spaces(shown)) - said.count(f"{GETA_TOLD}")
    assert counted == 10_000
    for page in read_back.pages:
        assert rightmost(page) <= 210 - 17


def test_a_cell_longer_than_a_page_goes_on_over_the_page() -> None:
    paper = Paper(
        "長い", (Fields((("記録", "長い話。" * 1_500),)), Grid(("話",), (("短い話",),) * 90))
    )

    read_back = read(paper)

    assert len(read_back.pages) == 6
    said = without_spaces("".join(page.extract_text() for page in read_back.pages))
    said = re.sub(r"[1-6]/6", "", said)
    assert (said.count("長い話。"), said.count("短い話")) == (1_500, 90)


@pytest.mark.parametrize(
    "paper",
    [
        Paper("", ()),
        Paper("  \n", (Heading(""), Fields(()), Fields((("", ""),)), Prose(""), Choices(()))),
        Paper(" ", (Grid(("",), ()), Signature(""), Note(""), PageBreak())),
    ],
)
def test_an_empty_paper_is_still_a_paper(paper: Paper) -> None:
    assert len(read(paper).pages) == 1


def test_every_font_is_embedded_as_a_subset() -> None:
    fonts = [
        font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in read(prose("埋め込み")).pages
        for font in map(resolved, page["/Resources"]["/Font"].values())
    ]

    assert fonts
    for font in fonts:
        assert re.fullmatch(r"/[A-Z]{6}\+NotoSansCJKjp-Regular", font["/FontName"])
        assert len(font["/FontFile3"].get_object().get_data()) < 200_000


def test_the_paper_is_tagged_and_titled_for_screen_readers() -> None:
    read_back = read(prose("本文"))

    assert read_back.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert read_back.trailer["/Root"]["/Lang"] == "ja-JP"
    assert read_back.metadata is not None
    assert read_back.metadata.title == "試し刷り"


def test_every_page_has_its_number_and_the_watermark() -> None:
    paper = Paper("写し", (Prose("一"), PageBreak(), Prose("二")), watermark="写し 3/7 取扱注意")

    pages = [page.extract_text() for page in read(paper).pages]

    assert ["1 / 2" in pages[0], "2 / 2" in pages[1]] == [True, True]
    assert ["写し3/7取扱注意" in without_spaces(page) for page in pages] == [True, True]


def test_the_same_paper_at_the_same_moment_is_the_same_file() -> None:
    with clock.fixed(lambda: datetime(2026, 11, 21, 0, 0, tzinfo=UTC)):
        assert pdf(prose("同じ")) == pdf(prose("同じ"))


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=20))
@settings(max_examples=60)
def test_any_text_can_be_printed(text: str, title: str) -> None:
    paper = Paper(
        title,
        (Heading(text), Fields(((text, text),)), Prose(text), Grid((title,), ((text,),))),
        number=text,
        printed_by=text,
        watermark=text,
    )

    assert pdf(paper).startswith(b"%PDF-")


def test_a_grid_whose_rows_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Grid(("一", "二"), (("一",),))
    with pytest.raises(ValueError, match="without columns"):
        Grid((), ())


def test_bars_stand_with_their_numbers_and_what_is_no_number_has_none() -> None:
    bars = Bars(
        "相談", (("令和6年度", "—", None), ("令和7年度", "0件", 0), ("令和8年度", "4件", 100.0))
    )

    text = text_of(Paper("報告", (bars,)))

    for word in ("相談", "令和6年度", "—", "令和7年度", "0件", "令和8年度", "4件"):
        assert word in text


@pytest.mark.parametrize("share", [-1.0, 100.1])
def test_a_bar_out_of_the_paper_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="a bar is from 0 to 100"):
        Bars("相談", (("令和7年度", "4件", share),))


def test_an_unknown_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="'×' at '住まい' is not a mark"):
        Choices((("住まい", "×"),))


GETA_TOLD = "〓で示した"


def resolved(thing: Any) -> Any:
    return thing.get_object()


def glyphs(paper: Paper) -> int:
    """How many glyphs the embedded fonts of a paper hold."""
    found = 0
    for page in read(paper).pages:
        for font in map(resolved, page["/Resources"]["/Font"].values()):
            widths = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            data = widths["/FontFile3"].get_object().get_data()
            found += count_of_charstrings(data)
    return found


def count_of_charstrings(cff: bytes) -> int:
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(cff), None)
    return len(fonts[0].CharStrings)


def rightmost(page: Any) -> float:
    """How far to the right a text begins on a page, in millimetres."""
    seen = [0.0]

    def visit(text: str, _cm: Any, tm: list[float], *_: Any) -> None:
        if text.strip():
            seen.append(tm[4])

    page.extract_text(visitor_text=visit)
    return max(seen) / 72 * 25.4
