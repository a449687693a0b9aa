"""Checks that words which others read name nobody: micro-tasks from a wish, notes about hosts, issues."""

import re
import unicodedata

from kasane_resources.domain.errors import WordsIdentify

_DIGITS = re.compile(r"[\s\-‐‑–—ー−()（）.・]")
_ADDRESS = re.compile(
    r"[0-9]+(丁目|番地|番[0-9])|[一-龠々][0-9]+-[0-9]+(?![0-9時分人名回日歳円枚月年代])"
)
_TITLED = re.compile(r"[一-龠々ァ-ヶーぁ-ん]{1,8}(さん|様|氏|くん|君|ちゃん)")
_RECORD = re.compile(r"[A-Za-z]*[0-9]{4}-[0-9]{3,}|ケース[0-9]")
_COMMON_TITLES = (
    *("皆さん", "みなさん", "みんなさん", "お客さん", "お客様", "お子さん", "お母さん", "お父さん"),
    *("農家さん", "店主さん", "職員さん", "参加者さん", "利用者さん", "住民さん", "町民さん"),
    *("市民さん", "企業さん", "商店さん", "お店さん", "赤ちゃん"),
)


def check_names_nobody(words: str) -> None:
    """Raises WordsIdentify when words hold a telephone, an address, a case number or a person's name.

    A name is known by the title behind it (さん, 様, 氏 …): it cannot be compared with the case, because
    the name is not here. The wish itself is never copied; somebody writes the task anew.
    """
    plain = unicodedata.normalize("NFKC", words)
    if re.search(r"[0-9]{9,}", _DIGITS.sub("", plain)):
        raise WordsIdentify(what="phone")
    if _RECORD.search(plain):
        raise WordsIdentify(what="number")
    if _ADDRESS.search(plain):
        raise WordsIdentify(what="address")
    for found in _TITLED.finditer(plain):
        if not found.group().endswith(_COMMON_TITLES):
            raise WordsIdentify(what="name")
