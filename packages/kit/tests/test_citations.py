"""Checks how a source is said in words: a document's short title."""

import pytest

from kasane_kit.web.citations import short_title


@pytest.mark.parametrize(
    ("title", "short"),
    [
        (
            "生駒市福祉政策課「重層的支援体制整備事業の取組み」令和5年6月",
            "重層的支援体制整備事業の取組み",
        ),
        (
            "奈良新聞 令和5年5月31日 https://www.nara-np.co.jp/news/1.html",
            "奈良新聞 令和5年5月31日",
        ),
        ("研修会の資料 令和6年3月14日（鳥取県、米子市、北栄町）", "研修会の資料 令和6年3月14日"),
        ("市の資料", "市の資料"),
    ],
)
def test_a_document_is_named_by_what_stands_in_its_brackets(title: str, short: str) -> None:
    assert short_title(title) == short
