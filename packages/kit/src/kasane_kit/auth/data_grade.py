"""Names how grave it is when data of a kind of object is seen by somebody who should not."""

from enum import StrEnum


class DataGrade(StrEnum):
    """What an object holds, from the least to the gravest; each service declares one for every kind of object."""

    SETTING = "setting"
    """How the town works; nobody is named."""
    COUNT = "count"
    """Numbers over many people."""
    STAFF = "staff"
    """Those who work in the town: names, roles, working days."""
    DIRECTORY = "directory"
    """Organisations and what they offer, with whom to ask there."""
    PERSONAL = "personal"
    """Somebody is named who is no member of staff."""
    SENSITIVE = "sensitive"
    """A household's illness, disability, abuse, debts or the like (要配慮個人情報), or that it is helped at all."""
