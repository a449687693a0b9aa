"""Names what cases refuses; each code has its sentences in strings/."""

from kasane_cases.domain.obstacle import Obstacle


class CasesRefusal(Exception):
    """Something that a case does not allow; ``facts`` fill the sentence shown."""

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class CaseNotFound(CasesRefusal):
    """No such case, or it is not open to this person."""

    code = "not_found"
    status = 404


class RecordNotFound(CasesRefusal):
    """No such person, need, plan or item in this case, or it is not open to this person."""

    code = "not_found"
    status = 404


class SessionNotFound(CasesRefusal):
    """No such session, or it is not open to this person."""

    code = "not_found"
    status = 404


class ChangedMeanwhile(CasesRefusal):
    """Somebody else changed the record after it was read."""

    code = "changed_meanwhile"
    status = 412


class AlreadyOpened(CasesRefusal):
    """A case was opened from this consultation before."""

    code = "already_opened"


class NobodyConcerned(CasesRefusal):
    """A case needs at least one person of a household."""

    code = "nobody_concerned"
    status = 422


class UnknownChoice(CasesRefusal):
    """A code that the town's plugins do not know."""

    code = "unknown_choice"
    status = 422


class ConsentIncomplete(CasesRefusal):
    """A consent without scope, way or giver is none."""

    code = "consent_incomplete"
    status = 422


class RepresentativeMissing(CasesRefusal):
    """Who spoke for the person has to be named, with the right to it and the person's own will."""

    code = "representative_missing"
    status = 422


class RecipientNotOffered(CasesRefusal):
    """The town's rule lets a consent name other kinds of recipients only."""

    code = "recipient_not_offered"
    status = 422


class TermTooLong(CasesRefusal):
    """A consent would hold longer than the town's term."""

    code = "term_too_long"
    status = 422


class NothingToWithdraw(CasesRefusal):
    """Only a consent that was given can be withdrawn."""

    code = "nothing_to_withdraw"


class DisclosureRefused(CasesRefusal):
    """Nothing allows that this about this person is shown or sent there (I-01)."""

    def __init__(self, obstacle: str, **facts: object) -> None:
        super().__init__(**facts)
        self.code = f"disclosure_{obstacle}"
        self.obstacle = obstacle


class ApproverIsAsker(CasesRefusal):
    """Another legal basis is answered by somebody other than who asked for it (I-01)."""

    code = "approver_is_asker"


class GroundAnswered(CasesRefusal):
    """The legal basis was answered before; an answer does not change."""

    code = "ground_answered"


class ConsentNeeded(CasesRefusal):
    """A person without valid consent cannot be put before a 重層的支援会議 (I-02)."""

    code = "consent_needed"


class NobodyConsents(CasesRefusal):
    """Multi-agency work needs the consent of at least one person of the household."""

    code = "nobody_consents"


class SupportNotDecided(CasesRefusal):
    """A 重層的支援会議 handles only cases that the town decided to support (I-06)."""

    code = "support_not_decided"


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


class ConsentEnded(CasesRefusal):
    """The consent on which a matter was spoken of was withdrawn, narrowed or has expired."""

    code = "consent_ended"


class OneLeads(CasesRefusal):
    """A table of roles has one 主担当, not two."""

    code = "one_leads"
    status = 422


class AlreadyOnAgenda(CasesRefusal):
    """The person is on this agenda already."""

    code = "already_on_agenda"


class WordsMissing(CasesRefusal):
    """A matter is taken off an agenda, or minutes corrected, only with a reason in words."""

    code = "words_missing"
    status = 422


class PackExpired(CasesRefusal):
    """The pages of a meeting pack close some days after the session."""

    code = "pack_expired"
    status = 403


class NobodyToGiveTo(CasesRefusal):
    """A pack is opened only to attendees whose secrecy is recorded (I-03)."""

    code = "nobody_to_give_to"


class CaseStudyIdentifies(CasesRefusal):
    """The words of a case study say whose it is (I-20)."""

    code = "case_study_identifies"
    status = 422


class SignatureNeeded(CasesRefusal):
    """This attendee is bound only by a signed pledge."""

    code = "signature_needed"
    status = 422


class WrongStep(CasesRefusal):
    """This step does not follow from the present state."""

    code = "wrong_step"


class ReviewDateMissing(CasesRefusal):
    """A case under observation needs the day on which somebody looks again."""

    code = "review_date_missing"
    status = 422


class ClosingIncomplete(CasesRefusal):
    """A case does not end without an evaluation and a next contact, or an explicit none (I-15)."""

    status = 422

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__()
        self.code = f"closing_needs_{missing[0]}"
        self.missing = missing


class PlanNotDeliberated(CasesRefusal):
    """A plan is decided at a held 重層的支援会議 that had the person on its agenda (I-14)."""

    code = "plan_not_deliberated"


class AgreementMissing(CasesRefusal):
    """The tracks of a person who did not agree to the plan do not hold."""

    code = "agreement_missing"


class NotEntitledToAgree(CasesRefusal):
    """Only the person agrees to a plan, or somebody entitled to speak for the person."""

    code = "not_entitled_to_agree"
    status = 422


class ClosedOrigin(CasesRefusal):
    """A text carries what only a closed session knows (I-04); ``passages`` are of that text."""

    code = "closed_origin"

    def __init__(self, passages: tuple[str, ...]) -> None:
        super().__init__(passage=passages[0], others=len(passages) - 1)
        self.passages = passages


class NotTheAuthor(CasesRefusal):
    """Only the post that the town names as the author signs a plan off."""

    code = "not_the_author"
    status = 403


class PlanIncomplete(CasesRefusal):
    """Something without which a plan or its evaluation cannot stand is missing."""

    status = 422

    def __init__(self, missing: str) -> None:
        super().__init__()
        self.code = f"plan_needs_{missing}"


class PlanReasonMissing(CasesRefusal):
    """A change to a plan, an interruption or a transfer says why."""

    code = "plan_reason_missing"
    status = 422


class DatesBackward(CasesRefusal):
    """A day lies before the day that it has to follow, or in the future."""

    code = "dates_backward"
    status = 422


class TransferIncomplete(CasesRefusal):
    """A transfer needs persons, a handover, a contact and an evaluation; a return needs its reason."""

    status = 422

    def __init__(self, missing: str) -> None:
        super().__init__()
        self.code = f"transfer_needs_{missing}"


class ApproverIsAnother(CasesRefusal):
    """A transfer is let go by the approver it names, never by the one who prepared it."""

    code = "approver_is_another"
    status = 403


class SplitFirst(CasesRefusal):
    """A secret transfer takes the whole household: those who stay must have been split off before."""

    code = "split_first"


class DestinationNamed(CasesRefusal):
    """A text that others will read names the town that a secret transfer goes to."""

    code = "destination_named"
    status = 422


class WrongAcceptKey(CasesRefusal):
    """The key does not open the package."""

    code = "wrong_accept_key"
    status = 422


class TooManyTries(CasesRefusal):
    """The key was wrong too often; the offer rests for a quarter of an hour."""

    code = "too_many_tries"
    status = 429


class TransferUnderWay(CasesRefusal):
    """Another transfer of this case is being prepared or waits for its answer."""

    code = "transfer_under_way"


class UnknownDestination(CasesRefusal):
    """No other town of this installation has this code."""

    code = "unknown_destination"


class AnswerRefused(CasesRefusal):
    """An answer does not fit its field; ``field`` names it and ``problem`` says in which way."""

    status = 422

    def __init__(self, problem: str, field: str, label: str, most: int) -> None:
        super().__init__(label=label, most=most)
        self.code = f"answer_{problem}"
        self.problem, self.field = problem, field


class FormSuperseded(CasesRefusal):
    """The form was replaced by another version while somebody filled it in."""

    code = "form_superseded"


class FormChangedSilently(CasesRefusal):
    """A form has another content than before under the same version."""

    code = "form_changed_silently"


class CorrectionReasonMissing(CasesRefusal):
    """A new version of an assessment says why it replaces the one before."""

    code = "correction_reason_missing"
    status = 422


class PersonLeft(CasesRefusal):
    """The person no longer belongs to this household; nothing new is written about them here."""

    code = "person_left"


class LastMember(CasesRefusal):
    """A household does not become empty: its case is ended instead."""

    code = "last_member"


class AlreadyMember(CasesRefusal):
    """The person belongs to this household already."""

    code = "already_member"


class DayNotPossible(CasesRefusal):
    """A step of a household lies in the past or today, and not before its persons came."""

    code = "day_not_possible"
    status = 422


class StepUndone(CasesRefusal):
    """The step was taken back before, or the household has changed since."""

    code = "step_undone"


class SamePersonTwice(CasesRefusal):
    """Nobody cares for themselves, and no household joins itself."""

    code = "same_person_twice"
    status = 422


class RenewalTooEarly(CasesRefusal):
    """The protection of an address is renewed from one month before its end."""

    code = "renewal_too_early"


class NotProtected(CasesRefusal):
    """There is no running protection to end or to admit to."""

    code = "not_protected"


class ReasonMissing(CasesRefusal):
    """A protected record opens only with a reason in words."""

    code = "reason_missing"
    status = 422


class CaseRestricted(CasesRefusal):
    """The case is open to named people only; a coordinator may open it for a day with a reason."""

    code = "case_restricted"
    status = 403
