"""The input of the switch of the page for everybody."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SwitchPublicPage:
    """Show public entries to everybody, or to nobody without an account."""

    open: bool
