"""Moves one town from this installation to another without losing an event."""

from kasane_runtime.moving.move import Move
from kasane_runtime.moving.steps import MoveRefused, Step

__all__ = ["Move", "MoveRefused", "Step"]
