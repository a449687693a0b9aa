"""A receipt for somebody without an account: a number that cannot be guessed and says nothing, and a word."""

import hashlib
import hmac
from dataclasses import dataclass

# No letter that is read as another: 0 O 1 I L U V are left out.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_WORDS = [
    "あさひ",
    "いちご",
    "うさぎ",
    "えんぴつ",
    "おにぎり",
    "かえで",
    "きつね",
    "くるみ",
    "けやき",
    "こすもす",
    "さくら",
    "しずく",
    "すずめ",
    "せせらぎ",
    "そらまめ",
    "たんぽぽ",
    "ちょう",
    "つばめ",
    "てがみ",
    "とんぼ",
    "なのはな",
    "にじ",
    "ぬりえ",
    "ねこ",
    "のはら",
    "はっぱ",
    "ひかり",
    "ふうせん",
    "へちま",
    "ほたる",
    "まつり",
    "みかん",
    "むぎ",
    "めだか",
    "もみじ",
    "やまびこ",
    "ゆず",
    "よあけ",
    "らくだ",
    "りんご",
    "るりいろ",
    "れんげ",
    "ろうそく",
    "わかば",
]


@dataclass(frozen=True)
class Receipt:
    """What the sender keeps: ``number`` such as ``K7QM-3XWB-9T4P`` and three plain words."""

    number: str
    word: str

    @classmethod
    def of(cls, key: bytes, form_id: str) -> "Receipt":
        """The receipt of one opened form: the same form sent twice has the same receipt."""
        number = int.from_bytes(_mac(key, f"number|{form_id}"))
        signs = ""
        for _ in range(12):
            number, place = divmod(number, len(_SIGNS))
            signs += _SIGNS[place]
        place = int.from_bytes(_mac(key, f"word|{form_id}"))
        words = []
        for _ in range(3):
            place, one = divmod(place, len(_WORDS))
            words.append(_WORDS[one])
        return cls("-".join((signs[:4], signs[4:8], signs[8:])), "・".join(words))


def sealed_word(key: bytes, number: str, word: str) -> str:
    """What is kept of a word: it opens nothing by itself."""
    plain = "".join(sign for sign in word if sign.isalnum())
    return _mac(key, f"secret|{plain_number(number)}|{plain}").hex()


def plain_number(typed: str) -> str:
    """A receipt number as kept, from however it was typed."""
    signs = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    return "-".join(signs[place : place + 4] for place in range(0, min(len(signs), 40), 4))


def bucket(key: bytes, what: str, address: str, hour: int) -> str:
    """The name under which tries of one hour are counted; the address cannot be read from it."""
    return _mac(key, f"bucket|{what}|{address}|{hour}").hex()[:32]


def digest_of(key: bytes, *words: str) -> str:
    """Tells whether a form was sent with the same words; they can be neither read nor guessed from it."""
    return _mac(key, "\x1f".join(("sending", *words))).hex()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
