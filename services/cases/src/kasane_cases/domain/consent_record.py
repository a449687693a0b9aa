"""A consent as a record for other systems, with the names of ISO/IEC TS 27560 where they are known.

``docs/consent.md`` says which names are known for certain; everything else stands under ``kasane``.
"""

from typing import Any

from kasane_cases.domain.case import Case
from kasane_cases.domain.consent import Consent

SCHEMA_VERSION = "kasane-consent-1"


def consent_record(case: Case, history: tuple[Consent, ...], controller: str) -> dict[str, Any]:
    """One person's consent with every event of its history, oldest first; no name and no address."""
    last = history[-1]
    return {
        "schema_version": SCHEMA_VERSION,
        "record_id": f"{case.id}:{last.person_id}",
        "pii_principal_id": last.person_id,
        "pii_processing": [
            {
                "purposes": [purpose.value],
                "pii_information": [{"pii_type": one.value} for one in last.scope.data_classes],
                "recipients": [kind.value for kind in last.scope.recipients],
                "pii_controllers": [controller],
                "processing_activities": ["disclosure"],
            }
            for purpose in last.scope.purposes
        ],
        "events": [_event(one) for one in history],
        "kasane": {"case_id": case.id, "case_number": case.number},
    }


def _event(consent: Consent) -> dict[str, Any]:
    return {
        "event_id": consent.id,
        "event_time": consent.recorded_at.isoformat(),
        "event_type": f"consent.{consent.state.value}",
        "event_state": consent.state.value,
        "entity_id": consent.recorded_by,
        "kasane": {
            "number": consent.number,
            "purposes": [one.value for one in consent.scope.purposes],
            "recipients": [one.value for one in consent.scope.recipients],
            "data_classes": [one.value for one in consent.scope.data_classes],
            "given_by": consent.given_by.value,
            "representative": consent.representative,
            "representative_basis": consent.representative_basis,
            "own_will": consent.own_will,
            "method": consent.method,
            "heard_by": consent.heard_by,
            "form": consent.form,
            "evidence_id": consent.evidence_id,
            "valid_from": consent.valid_from.isoformat() if consent.valid_from else None,
            "expires_on": consent.expires_on.isoformat() if consent.expires_on else None,
        },
    }
