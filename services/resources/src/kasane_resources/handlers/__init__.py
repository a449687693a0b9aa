"""What a person or an event can do in resources; each handler is one transaction."""

from kasane_resources.handlers.directory import change_human_service, publish_human_service
from kasane_resources.handlers.host_contacts import write_host_contact
from kasane_resources.handlers.imports import (
    apply_import,
    import_sample,
    map_columns,
    preview_import,
    readable_sources,
    stop_import,
)
from kasane_resources.handlers.long_imports import is_long, keep_long_file
from kasane_resources.handlers.needs import suggest_human_services
from kasane_resources.handlers.quarantine import decide_cell, open_cells
from kasane_resources.handlers.referrals import (
    answer_referral,
    move_referrals,
    wait_for_answer,
)
from kasane_resources.handlers.running_imports import forget_imports, run_imports

__all__ = [
    "answer_referral",
    "apply_import",
    "change_human_service",
    "decide_cell",
    "forget_imports",
    "import_sample",
    "is_long",
    "keep_long_file",
    "map_columns",
    "move_referrals",
    "open_cells",
    "preview_import",
    "publish_human_service",
    "readable_sources",
    "run_imports",
    "stop_import",
    "suggest_human_services",
    "wait_for_answer",
    "write_host_contact",
]
