"""Checks of the published language against the services that speak it."""
