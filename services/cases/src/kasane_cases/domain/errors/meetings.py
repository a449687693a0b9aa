"""Why a session, an item of it or its papers are refused."""

from kasane_cases.domain.errors.refusal import CasesRefusal
from kasane_cases.domain.obstacle import Obstacle


class TownUndecided(CasesRefusal):
    """The town has not decided on a body; a person has to choose one and say why."""

    code = "town_undecided"
    status = 422


class TownNamesOtherBody(CasesRefusal):
    """The town's own rule names another body for this person."""

    code = "town_names_other_body"


class NoPersonsHere(CasesRefusal):
    """A body of this legal kind takes no identified person (I-20)."""

    code = "no_persons_here"


class SharedWithoutIdentity(CasesRefusal):
    """Where a policy is shared, only those inside the circle know whose it is."""

    code = "shared_without_identity"


class UnknownBody(CasesRefusal):
    """The town has no such body on that day, or the body has no such legal kind."""

    code = "unknown_body"
    status = 422


class HostNotMunicipal(CasesRefusal):
    """Only the municipality convenes a 支援会議 (I-05)."""

    code = "host_not_municipal"


class SessionNotReady(CasesRefusal):
    """A session does not open while a gate fails; the first of ``obstacles`` chooses the words."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        first = obstacles[0]
        super().__init__(who=first.who, detail=first.detail, others=len(obstacles) - 1)
        self.code = f"not_ready_{first.code}"
        self.obstacles = obstacles


class NotInSession(CasesRefusal):
    """Only attendees bound by secrecy work with a session's material (I-03, I-04)."""

    code = "not_in_session"
    status = 403


class ItemRestricted(CasesRefusal):
    """An item is about a restricted case to which this coordinator has no right."""

    code = "item_restricted"
    status = 403


class OneLeads(CasesRefusal):
    """A table of roles has one 主担当, not two."""

    code = "one_leads"
    status = 422


class AlreadyOnAgenda(CasesRefusal):
    """The person is on this agenda already."""

    code = "already_on_agenda"


class PackExpired(CasesRefusal):
    """The pages of a meeting pack close some days after the session."""

    code = "pack_expired"
    status = 403


class NobodyToGiveTo(CasesRefusal):
    """A pack is opened only to attendees whose secrecy is recorded (I-03)."""

    code = "nobody_to_give_to"


class SignatureNeeded(CasesRefusal):
    """This attendee is bound only by a signed pledge."""

    code = "signature_needed"
    status = 422
