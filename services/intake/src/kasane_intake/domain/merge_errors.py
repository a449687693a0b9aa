"""Why intake does not join two records, or part them."""

from kasane_intake.domain.errors import IntakeRefusal


class PersonNotFound(IntakeRefusal):
    """No such record of a person, or its consultation is not open to this viewer."""

    code = "not_found"
    status = 404


class MergeNotFound(IntakeRefusal):
    """No such request, or one of its two consultations is not open to this viewer."""

    code = "not_found"
    status = 404


class MergeWithItself(IntakeRefusal):
    """A record is the same person as itself already."""

    code = "merge_with_itself"
    status = 422


class AlreadySamePerson(IntakeRefusal):
    """The two records are joined already, directly or over others."""

    code = "already_same_person"


class MergeAlreadyRequested(IntakeRefusal):
    """Somebody asked the same about these two, and it is not decided yet."""

    code = "merge_already_requested"


class OwnMergeRequest(IntakeRefusal):
    """Who asks does not decide."""

    code = "own_merge_request"
    status = 403


class MergeStepImpossible(IntakeRefusal):
    """This step does not follow from where the request stands."""

    code = "merge_step_impossible"
