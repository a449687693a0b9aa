"""The input about candidates for the same person that were shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoteShown:
    """These records were shown on a page; ``form`` names the page as it was opened once."""

    form: str
    person_ids: tuple[str, ...]
