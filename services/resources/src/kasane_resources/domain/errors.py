"""Names what resources refuses; each code has its sentences in strings/."""


class ResourcesRefusal(Exception):
    """Something that the directory or a referral does not allow; ``facts`` fill the sentence."""

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class HumanServiceNotFound(ResourcesRefusal):
    """No such human service, or it is not open to this person."""

    code = "not_found"
    status = 404


class ReferralNotFound(ResourcesRefusal):
    """No such referral."""

    code = "not_found"
    status = 404


class ImportNotFound(ResourcesRefusal):
    """No such import."""

    code = "not_found"
    status = 404


class EntryWrong(ResourcesRefusal):
    """The parts of an entry contradict each other; ``fields`` names them."""

    code = "entry_wrong"
    status = 422


class ReasonMissing(ResourcesRefusal):
    """A referral is declined with a reason."""

    code = "reason_missing"
    status = 422


class AlreadyAnswered(ResourcesRefusal):
    """A referral has its answer already."""

    code = "already_answered"


class ImportAlreadyApplied(ResourcesRefusal):
    """An import is applied once."""

    code = "import_already_applied"


class ChangedMeanwhile(ResourcesRefusal):
    """Somebody else changed the record after it was read."""

    code = "changed_meanwhile"
    status = 412


class SourceUnknown(ResourcesRefusal):
    """The town has no such source for its directory, or its layout cannot be read."""

    code = "source_unknown"
    status = 422


class FileRefused(ResourcesRefusal):
    """A file is not read at all; ``code`` says why."""

    status = 422

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        super().__init__(**facts)
