"""Visits to every household in turn, as a programme."""
