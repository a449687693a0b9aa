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


class CellNotFound(ResourcesRefusal):
    """No such cell in quarantine."""

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


class AnswerNotFound(ResourcesRefusal):
    """No such answer of an organization."""

    code = "not_found"
    status = 404


class LinkClosed(ResourcesRefusal):
    """A link for an organization was never made, expired, was revoked, or its entry is not public."""

    code = "link_closed"
    status = 404


class TilesWrong(ResourcesRefusal):
    """The address of the map's tiles is not one, or nobody is named as their source."""

    code = "tiles_wrong"
    status = 422


class TooManyAnswers(ResourcesRefusal):
    """So many answers through one link wait for a worker already."""

    code = "too_many_answers"
    status = 429


class AnswerMissing(ResourcesRefusal):
    """An organization says that something changed, but not what."""

    code = "answer_missing"
    status = 422


class EntryChangedSince(ResourcesRefusal):
    """The entry is not the one any more that an organization said is right."""

    code = "entry_changed_since"


class AlreadyDecided(ResourcesRefusal):
    """Somebody decided about a quarantined contact, or about an organization's answer, already."""

    code = "already_decided"


class ImportNotRunning(ResourcesRefusal):
    """Only an import that waits or runs can be stopped."""

    code = "import_not_running"


class MappingWrong(ResourcesRefusal):
    """The columns of a table were not mapped so that it can be read."""

    code = "mapping_wrong"
    status = 422


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


class ParticipationNotFound(ResourcesRefusal):
    """No such participation."""

    code = "not_found"
    status = 404


class GateClosed(ResourcesRefusal):
    """The town asks for a judgement of a session before anything is planned (I-16)."""

    code = "gate_closed"


class StepNotNext(ResourcesRefusal):
    """The step does not follow from where the matter stands."""

    code = "step_not_next"


class HostNotTold(ResourcesRefusal):
    """The host has not been told who comes, and the person does not introduce themself."""

    code = "host_not_told"


class ConsentGone(ResourcesRefusal):
    """The person does not consent any more; no new step is taken with the host."""

    code = "consent_gone"


class CaseOver(ResourcesRefusal):
    """The case is over, and nobody can be asked to look in; no new step is taken with a host."""

    code = "case_over"


class DatesBackward(ResourcesRefusal):
    """The last day is before the first."""

    code = "dates_backward"
    status = 422


class WordsIdentify(ResourcesRefusal):
    """What is to be read by others carries something that points to a person."""

    code = "words_identify"
    status = 422


class WordsMissing(ResourcesRefusal):
    """A return, an end, a note or an answer needs words."""

    code = "words_missing"
    status = 422


class WorryAnswered(ResourcesRefusal):
    """A host's worry has its answer already, or it is no worry."""

    code = "worry_answered"


class NumberOutOfRange(ResourcesRefusal):
    """A number of days or persons that cannot be meant."""

    code = "number_out_of_range"
    status = 422


class CommunityNotFound(ResourcesRefusal):
    """No such issue, gathering, member or partner."""

    code = "not_found"
    status = 404


class GatheringCancelled(ResourcesRefusal):
    """Nobody came to a gathering that did not take place."""

    code = "gathering_cancelled"


class HostNotInUse(ResourcesRefusal):
    """The entry is closed for now or for good; nobody takes part there."""

    code = "host_not_in_use"


class MemberOver(ResourcesRefusal):
    """A member or partner has left already, or was taken back."""

    code = "member_over"


class NotYetMember(ResourcesRefusal):
    """Nobody leaves before the day of joining; ``since`` is that day."""

    code = "not_yet_member"


class IssueOver(ResourcesRefusal):
    """A community issue has its answer."""

    code = "issue_over"


class PublicPageClosed(ResourcesRefusal):
    """The town shows no public page of its entries."""

    code = "public_page_closed"
    status = 404


class GapNotFound(ResourcesRefusal):
    """No such gap."""

    code = "not_found"
    status = 404


class GapOver(ResourcesRefusal):
    """A gap is closed already."""

    code = "gap_over"


class NoOpenGaps(ResourcesRefusal):
    """No open gap is left there from which an issue was not raised yet."""

    code = "no_open_gaps"


class TooFewGaps(ResourcesRefusal):
    """At a place so few gaps would point to somebody; ``fewest`` is the smallest number."""

    code = "too_few_gaps"


class AreaPointsToSomebody(ResourcesRefusal):
    """The name of a place holds a number like a house's."""

    code = "area_points_to_somebody"


class BodyUnknown(ResourcesRefusal):
    """The town has no such body, course or network."""

    code = "body_unknown"
    status = 422
