"""Marks a question that has nothing to do with the rows that wait to be written."""

MARK = "kasane_beside"
BESIDE = {MARK: True}
"""Execution options of a question that has nothing to do with the rows that wait: they go on waiting."""
