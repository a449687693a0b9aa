"""Declares every hook: one function, one question that the platform asks a town; one module for each subject."""

from types import ModuleType

from kasane_plugin_api.hookspecs import (
    cases,
    general,
    intake,
    meetings,
    outreach,
    prefecture,
    reports,
    resources,
)

SUBJECTS: tuple[ModuleType, ...] = (
    general,
    intake,
    cases,
    meetings,
    outreach,
    resources,
    reports,
    prefecture,
)
"""The modules with the questions, in the order in which docs/hooks.md lists them."""
