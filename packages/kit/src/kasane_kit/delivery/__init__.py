"""Brings events to a service, so that none is lost and none is applied twice."""

from kasane_kit.delivery.inbox import Delivery, NotDelivered, NotParked, Outcome, Stream
from kasane_kit.delivery.post import Post

__all__ = ["Delivery", "NotDelivered", "NotParked", "Outcome", "Post", "Stream"]
