"""Names what the portal refuses; each code has its sentences in strings/."""


class PortalRefusal(Exception):
    """Something that the portal does not allow; ``facts`` fill the sentence shown."""

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class AccountNotFound(PortalRefusal):
    """No such account in this town."""

    code = "not_found"
    status = 404


class ChangedMeanwhile(PortalRefusal):
    """Somebody else changed the account after it was read."""

    code = "changed_meanwhile"
    status = 412


class LoginNameTaken(PortalRefusal):
    """Another account of this town signs in with this name."""

    code = "login_name_taken"


class LoginNameUnfit(PortalRefusal):
    """The login name is too short, too long or has letters that keyboards do not share."""

    code = "login_name_unfit"
    status = 422


class DisplayNameMissing(PortalRefusal):
    """An account without a name would leave a trail nobody can read."""

    code = "display_name_missing"
    status = 422


class PasswordUnfit(PortalRefusal):
    """The password is too short, too long or the login name itself."""

    code = "password_unfit"
    status = 422


class RoleMissing(PortalRefusal):
    """An account without a role could do nothing."""

    code = "role_missing"
    status = 422


class RoleUnknown(PortalRefusal):
    """The town has no such role today, or it is not given out here."""

    code = "role_unknown"
    status = 422


class OfficeUnknown(PortalRefusal):
    """The town has no such office today."""

    code = "office_unknown"
    status = 422


class LastAdministrator(PortalRefusal):
    """A town keeps at least one active administrator."""

    code = "last_administrator"


class WrongCredentials(PortalRefusal):
    """Login name and password do not belong together; which of them is wrong is not said."""

    code = "wrong_credentials"
    status = 401


class WrongPresentPassword(PortalRefusal):
    """Who changes the own password has to know the present one."""

    code = "wrong_present_password"
    status = 422


class Throttled(PortalRefusal):
    """Too many failures in a short time; ``facts`` hold ``until`` and ``minutes``."""

    code = "throttled"
    status = 429


class PasswordNotAsked(PortalRefusal):
    """This town's staff prove who they are at its provider; one password is kept for emergencies."""

    code = "password_not_asked"
    status = 403


class NoProvider(PortalRefusal):
    """This town keeps passwords only."""

    code = "no_provider"
    status = 404


class ProviderNotReady(PortalRefusal):
    """The town names a provider, and this process was not given the secret to show it."""

    code = "provider_not_ready"
    status = 503


class ProviderUnreachable(PortalRefusal):
    """The provider does not answer, or not in time."""

    code = "provider_unreachable"
    status = 503


class ProviderUntrusted(PortalRefusal):
    """The provider's own document names another issuer or another server."""

    code = "provider_untrusted"
    status = 502


class ProviderAnswerUnfit(PortalRefusal):
    """The answer does not belong to what this browser asked lately, or lacks what was asked for."""

    code = "provider_answer_unfit"
    status = 400


class ProviderAnswerSpent(PortalRefusal):
    """An answer is taken once."""

    code = "provider_answer_spent"
    status = 400


class ProviderDeclined(PortalRefusal):
    """The provider did not say who it is: the person stopped, or the code was not taken."""

    code = "provider_declined"
    status = 401


class ProviderTokenForged(PortalRefusal):
    """The token's signature or form is not the provider's."""

    code = "provider_token_forged"
    status = 401


class ProviderTokenForeign(PortalRefusal):
    """The token was issued by another provider or for another application."""

    code = "provider_token_foreign"
    status = 401


class ProviderTokenStale(PortalRefusal):
    """The token does not hold now: it is over, or a clock is wrong."""

    code = "provider_token_stale"
    status = 401


class ProviderAccountUnknown(PortalRefusal):
    """The provider knows the person, and the town has no account for them; none is made by itself."""

    code = "provider_account_unknown"
    status = 403


class ProviderAccountClosed(PortalRefusal):
    """The town closed this person's account."""

    code = "provider_account_closed"
    status = 403


class ProviderOtherPerson(PortalRefusal):
    """Somebody else proved who they are than who is signed in."""

    code = "provider_other_person"
    status = 403


class ProviderProofTooOld(PortalRefusal):
    """The provider did not ask the person just now, or not as strongly as the town wants."""

    code = "provider_proof_too_old"
    status = 403


class VisitNotFound(PortalRefusal):
    """No such visit of a prefecture's team."""

    code = "not_found"
    status = 404


class MunicipalityUnknown(PortalRefusal):
    """The municipality does not belong to this prefecture."""

    code = "municipality_unknown"
    status = 422


class SupportDutyUnknown(PortalRefusal):
    """The prefecture's document has no such duty."""

    code = "support_duty_unknown"
    status = 422


class VisitInFuture(PortalRefusal):
    """A visit is written down after it was made."""

    code = "visit_in_future"
    status = 422


class WordsMissing(PortalRefusal):
    """A reason is needed and none was given."""

    code = "words_missing"
    status = 422


class VisitVoided(PortalRefusal):
    """The visit was taken back already."""

    code = "visit_voided"


class PeriodUnreadable(PortalRefusal):
    """A time that is neither a fiscal year, a month, a day nor years together; ``facts`` hold it."""

    code = "period_unreadable"
    status = 422


class FigureUnfit(PortalRefusal):
    """No number, below zero, too large or with more than two decimals; ``facts`` hold what was typed."""

    code = "figure_unfit"
    status = 422


class MetricUnknown(PortalRefusal):
    """The town has no such figure, or it is counted and not stated."""

    code = "metric_unknown"
    status = 422


class MeasureWrong(PortalRefusal):
    """A town's plugin counts something that no service says; ``facts`` hold the word."""

    code = "measure_wrong"
    status = 500


class SeatKindUnknown(PortalRefusal):
    """The town's rules have no such kind of member or post, or the post is taken."""

    code = "seat_kind_unknown"
    status = 422


class TermUnfit(PortalRefusal):
    """A term that ends before it begins, or is longer than the rules say without a reason."""

    code = "term_unfit"
    status = 422


class RosterFull(PortalRefusal):
    """As many sit as the rules allow; ``facts`` hold how many."""

    code = "roster_full"


class EvaluationUnfit(PortalRefusal):
    """A sign that the town does not use, or a result that is no number; ``facts`` hold it."""

    code = "evaluation_unfit"
    status = 422


class ReportStepNotNext(PortalRefusal):
    """The report goes before its bodies in order, once to each."""

    code = "report_step_not_next"


class NoQuorum(PortalRefusal):
    """Too few members were there; ``facts`` hold the town's reason."""

    code = "no_quorum"


class SeatNotFound(PortalRefusal):
    """No such seat."""

    code = "not_found"
    status = 404


class SetChangedMeanwhile(PortalRefusal):
    """Another administrator chose a set of plugins after this one was tried."""

    code = "set_changed_meanwhile"


class SetIsTheSame(PortalRefusal):
    """The town has this set of plugins already."""

    code = "set_is_the_same"
    status = 422


class ReasonForSetMissing(PortalRefusal):
    """A town's set of plugins is never changed without a reason."""

    code = "reason_for_set_missing"
    status = 422


class RevisionUnknown(PortalRefusal):
    """The town never had a set of plugins of this number."""

    code = "revision_unknown"
    status = 404


class TrialUnknown(PortalRefusal):
    """A set is enabled only after it was tried; this trial is not there any more."""

    code = "trial_unknown"
    status = 404


class SetUnfit(PortalRefusal):
    """The set cannot be built, or is not allowed for the town; ``why`` is the sentence that says it."""

    code = "set_unfit"
    status = 422


class AlreadyFrozen(PortalRefusal):
    """Somebody froze another version in the meantime; ``facts`` hold its ``number`` and the ``name``."""

    code = "already_frozen"


class NothingToFreeze(PortalRefusal):
    """Nothing was collected in the time of the report; ``facts`` hold the ``period`` in words."""

    code = "nothing_to_freeze"
    status = 422


class VersionNotFound(PortalRefusal):
    """No such frozen version."""

    code = "not_found"
    status = 404


class VersionNeeded(PortalRefusal):
    """A body is given a frozen version, not figures that still move; or this one is not the latest."""

    code = "version_needed"
    status = 422


class BodyWithoutMembers(PortalRefusal):
    """Nobody's term holds on the day, so nobody could hear the report; ``facts`` hold the ``day``."""

    code = "body_without_members"
    status = 422


class NotInEncoding(PortalRefusal):
    """Characters that the chosen encoding cannot write; ``facts`` hold the ``characters``."""

    code = "not_in_encoding"
    status = 422


class ActionUnknown(PortalRefusal):
    """The year has no such action."""

    code = "action_unknown"
    status = 422
