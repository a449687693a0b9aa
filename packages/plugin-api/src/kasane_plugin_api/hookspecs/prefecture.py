"""Asks a prefecture how it supports its municipalities."""

from datetime import date

from kasane_plugin_api.markers import question
from kasane_plugin_api.prefecture import PrefectureView


@question(since="0.2", decides=True)
def prefecture_view(on: date) -> PrefectureView | None:
    """How does the prefecture support its municipalities, and which of them have begun?

    都道府県は市町村をどう支え、どの市町村がいつから実施していますか。

    Asked by:
        portal, on the prefecture's page; only plugins of a prefecture are asked.
    Arguments:
        ``on`` is the day.
    Answer:
        office, team, duties, and every municipality with its year; no person.
    Order:
        the first answer; no page of its own when nobody answers.
    """
