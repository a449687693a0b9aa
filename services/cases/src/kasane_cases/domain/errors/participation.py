"""What participation support and community issues refuse."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class JudgementClosed(CasesRefusal):
    """What a closed session holds stays with those who were there (I-04)."""

    code = "judgement_closed"


class HostUnknown(CasesRefusal):
    """There is no host that could be told."""

    code = "host_unknown"


class NobodyHasIt(CasesRefusal):
    """No household has this trouble."""

    code = "nobody_has_it"


class TooFewHouseholds(CasesRefusal):
    """So few households have it in a place that the theme alone would point to them (I-20)."""

    code = "too_few_households"


class AreaIdentifies(CasesRefusal):
    """The name of a place is as narrow as a house."""

    code = "area_identifies"


class AreaMissing(CasesRefusal):
    """A neighbourhood is one place, a district at least one."""

    code = "area_missing"
    status = 422
