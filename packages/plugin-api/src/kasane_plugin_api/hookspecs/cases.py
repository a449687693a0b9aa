"""Asks how a case is worked: consent, assessment, plan, monitoring, the end."""

from collections.abc import Sequence
from datetime import date

from kasane_plugin_api.answers import (
    AssessmentSheet,
    ConsentPolicy,
    LegalBasis,
    MonitoringInterval,
    PlanForm,
    RetentionPeriod,
    StatusLabels,
)
from kasane_plugin_api.markers import question
from kasane_plugin_api.views import CaseView, PlanView


@question(since="0.1", decides=True)
def consent_policy(purpose: str) -> ConsentPolicy | None:
    """How does a person consent in this town, and for how long does it hold?

    本人同意はどのように得て、どれだけ有効ですか。

    Asked by:
        cases, on the consent form.
    Arguments:
        ``purpose`` is the purpose of sharing: ``multi_agency`` or ``handoff``.
    Answer:
        the explanation, the ways of giving it and its term.
    Order:
        the first answer, then a term of one year.
    """


@question(since="0.2")
def legal_bases(on: date) -> Sequence[LegalBasis] | None:
    """On which other legal bases than consent may somebody be told, in which words?

    同意のほかに、どの法的根拠で伝えてよいですか。文言と出典は何ですか。

    Asked by:
        cases, when somebody asks for another legal basis to be approved.
    Arguments:
        ``on`` is the day: wording has validity dates.
    Answer:
        bases with unique codes; choosing one still takes a reason and a second person's approval.
    Order:
        all answers, joined; the national ones stand when nobody answers.
    """


@question(since="0.1")
def assessment_forms(scope: str, on: date) -> Sequence[AssessmentSheet] | None:
    """What does the town ask when it assesses a household or a member of it?

    世帯や世帯員のアセスメントで、町は何を尋ねますか。

    Asked by:
        cases, when an assessment is filled in.
    Arguments:
        ``scope`` is household or member; ``on`` the day.
    Answer:
        the town's form, in place of the platform's or behind it; none for the platform's alone.
    Order:
        all answers, the last of a plugin later in the town's list stands.
    """


@question(since="0.1", decides=True)
def plan_form(kind: str) -> PlanForm | None:
    """What does the town's plan sheet look like and who writes it?

    支援プランの様式はどのようなもので、誰が作りますか。

    Asked by:
        cases, on the plan form.
    Arguments:
        ``kind`` is multi_agency, outreach or participation.
    Answer:
        the sheet's name, author role and extra fields.
    Order:
        the first answer.
    """


@question(since="0.1", decides=True)
def status_labels() -> StatusLabels | None:
    """Which words does the town use for the states of a case?

    ケースの状態を町では何と呼びますか。

    Asked by:
        cases, wherever a state is shown.
    Arguments:
        none.
    Answer:
        canonical state to the town's word.
    Order:
        the first answer; the national words fill what is left out.
    """


@question(since="0.1", decides=True)
def monitoring_interval(plan: PlanView) -> MonitoringInterval | None:
    """How often is a plan looked at again?

    プランはどの間隔で見直しますか。

    Asked by:
        cases, when a plan is decided.
    Arguments:
        ``plan`` is the decided plan.
    Answer:
        days and role.
    Order:
        the first answer, then 90 days.
    """


@question(since="0.1")
def closing_requirements(case: CaseView) -> Sequence[str] | None:
    """What must exist before a case may end, beyond the platform's own rule?

    ケースを終えるには、ほかに何がそろっている必要がありますか。

    Asked by:
        cases, when a case is closed.
    Arguments:
        ``case`` is the snapshot.
    Answer:
        codes among evaluation, next_contact and review_date; the platform always asks for the
        first two.
    Order:
        all answers, joined.
    """


@question(since="0.2", decides=True)
def retention_period(kind: str) -> RetentionPeriod | None:
    """How many years does the town keep a record after its end, and which document says so?

    記録は、終わってから何年残しますか。それはどの文書の定めですか。

    Asked by:
        cases, for the list of records whose time is over.
    Arguments:
        ``kind`` is case, consultation or audit_trail.
    Answer:
        years, from when they count, and the source; nothing where no document says a number.
    Order:
        the first answer; without one the town's administrator enters a term with its source, and
        until then nothing is destroyed.
    """
