"""Brings events to a service, so that none is lost and none is applied twice."""

from kasane_kit.delivery.inbox import Delivery
from kasane_kit.delivery.outcomes import NotDelivered, NotParked, Outcome, Stream
from kasane_kit.delivery.post import Post
from kasane_kit.delivery.replaying import LogIncomplete, NotReplayed, Replay

__all__ = [
    "Delivery",
    "LogIncomplete",
    "NotDelivered",
    "NotParked",
    "NotReplayed",
    "Outcome",
    "Post",
    "Replay",
    "Stream",
]
