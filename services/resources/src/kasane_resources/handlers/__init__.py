"""What a person or an event can do in resources; each handler is one transaction."""

from kasane_resources.handlers.directory import change_human_service, publish_human_service
from kasane_resources.handlers.imports import (
    apply_import,
    import_sample,
    preview_import,
    readable_sources,
)
from kasane_resources.handlers.needs import suggest_human_services
from kasane_resources.handlers.referrals import answer_referral, wait_for_answer

__all__ = [
    "answer_referral",
    "apply_import",
    "change_human_service",
    "import_sample",
    "preview_import",
    "publish_human_service",
    "readable_sources",
    "suggest_human_services",
    "wait_for_answer",
]
