"""Says what the person at the screen may do, so that no page offers what it would refuse."""

from kasane_kit.web import actor, this_service


def may(permission: str) -> bool:
    """Whether the person at the screen holds a permission of this service."""
    known = this_service().permission(f"resources.{permission}")
    return known is not None and bool(actor().functions & known.functions)
