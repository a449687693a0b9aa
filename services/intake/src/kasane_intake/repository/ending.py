"""What of a consultation is personal, and goes when its time is over."""

from kasane_intake import tables
from kasane_kit.db.shredding import Personal, Rules

_OF = ("consultation_id",)
_OWN_OR_OF = ("id", "consultation_id")
_PERSON = ("person_id",)

RULES = Rules(
    personal=(
        Personal(
            tables.consultation,
            ("id",),
            blank=(
                "story",
                "contact_name",
                "contact_kana",
                "contact_relation",
                "contact_phone",
                "escalation_reason",
            ),
            stays=("categories", "escalation_source"),
            holds=True,
        ),
        Personal(
            tables.person_concerned,
            _OF,
            blank=("name", "kana", "birth_date", "relation", "phone", "description"),
            holds=True,
        ),
        Personal(tables.person_key, _PERSON, delete=True),
        Personal(tables.protected_person, _PERSON, delete=True),
        Personal(tables.shown_candidate, _PERSON, delete=True),
        Personal(
            tables.person_merge,
            ("one_consultation_id", "other_consultation_id"),
            blank=("evidence",),
            stays=("choices", "requested_by_name", "decided_by_name", "undone_by_name"),
            holds=True,
        ),
        Personal(
            tables.referral_sheet,
            _OF,
            blank=("accompanied_by",),
            stays=("persons", "copies_to"),
            holds=True,
        ),
        Personal(tables.step, _OF, stays=("by_name",)),
        Personal(tables.reception, _OF, blank=("heard_by", "agency")),
        Personal(tables.attachment, _OF, holds=True, delete=True),
        Personal(tables.attachment_look, ("attachment_id",), delete=True),
        Personal(
            tables.booking,
            _OWN_OR_OF,
            blank=("name", "kana", "phone", "digest", "last_addition"),
            holds=True,
        ),
        Personal(tables.web_message, _OWN_OR_OF, blank=("name", "kana", "digest"), holds=True),
        Personal(tables.arrival_hold, ("arrival_id",), stays=("placed_by_name", "lifted_by_name")),
        Personal(tables.web_addition, ("message_id",)),
        Personal(tables.search_term, _OF, delete=True),
        Personal(tables.search_text, _OF, delete=True),
    ),
    names_nobody=("intake_arrival_term", "intake_consultation_day", "intake_public_form"),
)
