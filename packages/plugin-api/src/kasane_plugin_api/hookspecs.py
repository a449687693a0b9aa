"""Declares every hook: one function, one question that the platform asks a town."""

from collections.abc import Mapping, Sequence
from datetime import date

from kasane_plugin_api.answers import (
    AssessmentSheet,
    AttendeeKind,
    AttendeeSlot,
    Campaign,
    Category,
    ConsentPolicy,
    EmergencyContact,
    Escalation,
    FieldSpec,
    FollowUp,
    HandoffPolicy,
    LegalBasis,
    MeetingBody,
    MeetingRoute,
    MonitoringInterval,
    Office,
    OutreachAgency,
    PhaseAnswer,
    PlanForm,
    Quorum,
    RankedResource,
    ResourceSource,
    ResponsibleOffice,
    Role,
    SecrecyNotice,
    StatusLabels,
    VisitSafety,
)
from kasane_plugin_api.community import (
    CommunityNetwork,
    CommunityRoute,
    IssueView,
    ParticipationRule,
    TrainingCourse,
)
from kasane_plugin_api.markers import hookspec
from kasane_plugin_api.prefecture import PrefectureView
from kasane_plugin_api.views import (
    CandidateView,
    CaseView,
    ConsentView,
    ConsultationView,
    NeedView,
    PlanView,
    SessionView,
    SheetView,
)

# Intake and every service


@hookspec
def town_terms(on: date) -> Mapping[str, str] | None:
    """Which words does the town use in place of the national terms?

    町は国の用語の代わりにどの言葉を使いますか。

    Asked by:
        every service, when a label is shown.
    Arguments:
        ``on`` is the day for which the words hold.
    Answer:
        glossary id to the town's word; unknown ids are ignored.
    Order:
        all answers, a plugin later in the town's list wins.
    Example:
        ``{"coordinator": "いこまる主任推進員"}``
    Since:
        0.1
    """


@hookspec
def organization(on: date) -> Sequence[Office] | None:
    """Which desks, units and agencies does the town have on a day?

    その日、町にはどの窓口・課・機関がありますか。

    Asked by:
        intake (desks, handing over), portal (accounts).
    Arguments:
        ``on`` is the day.
    Answer:
        offices with unique codes.
    Order:
        all answers, joined in the town's order.
    Example:
        ``[Office(code="livelihood_support", label="生活支援課")]``
    Since:
        0.1
    """


@hookspec
def roles(on: date) -> Sequence[Role] | None:
    """Which posts take part, and with which function on the platform?

    どの職がどの役割で参加しますか。

    Asked by:
        portal (accounts and rights), intake and cases (who is told).
    Arguments:
        ``on`` is the day.
    Answer:
        roles with unique codes; a role's function decides what it may do.
    Order:
        all answers, joined in the town's order.
    Example:
        ``[Role(code="lead", label="いこまる主任推進員", function=RoleFunction.COORDINATOR)]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def responsible_office(consultation: ConsultationView) -> ResponsibleOffice | None:
    """Which office should take this matter first?

    この相談はまずどの課が受け持ちますか。

    Asked by:
        intake, when a consultation is received.
    Arguments:
        ``consultation`` is the snapshot without personal data.
    Answer:
        the office and the reason, or nothing.
    Order:
        the first answer, a plugin later in the town's list is asked earlier.
    Example:
        ``ResponsibleOffice(office="elderly_care", reason="…")``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def phase(feature: str, on: date) -> PhaseAnswer | None:
    """Is a thing of the plan document planned, running or ended on a day?

    計画書のその項目は、その日に予定・実施中・終了のどれですか。

    Asked by:
        every service, before a feature is offered.
    Arguments:
        ``feature`` is the town's own code of the item; ``on`` the day.
    Answer:
        the phase with the words of the document.
    Order:
        the first answer.
    Example:
        ``PhaseAnswer(Phase.PLANNED, "R6~(案)", "004:L201")``
    Since:
        0.1
    """


# Intake


@hookspec
def intake_form_fields(channel: str) -> Sequence[FieldSpec] | None:
    """Which questions does the town add when a consultation is taken?

    相談を受けるとき、町はどの質問を加えますか。

    Asked by:
        intake, on the form and in the API.
    Arguments:
        ``channel`` is window, telephone, visit, letter, email, event or survey.
    Answer:
        fields; values are stored under the plugin's name and checked by its own specs.
    Order:
        all answers, joined.
    Example:
        ``[FieldSpec(name="sticker", label="…", kind=FieldKind.BOOLEAN)]``
    Since:
        0.1
    """


@hookspec
def consultation_categories() -> Sequence[Category] | None:
    """How does the town sort consultations, and what does each entry mean nationally?

    町は相談をどう分類し、それぞれ国の分類のどれに当たりますか。

    Asked by:
        intake, on the form and in reports.
    Arguments:
        none.
    Answer:
        categories with unique codes.
    Order:
        all answers, joined; the national list stands when nobody answers.
    Example:
        ``[Category(code="withdrawal", label="ひきこもり")]``
    Since:
        0.1
    """


@hookspec
def emergency_contacts(consultation: ConsultationView) -> Sequence[EmergencyContact] | None:
    """Who is told at once when a consultation is urgent?

    緊急のとき、誰にすぐ知らせますか。

    Asked by:
        intake, when the urgent mark is set.
    Arguments:
        ``consultation`` is the snapshot.
    Answer:
        contacts by role, with the minutes within which they are told.
    Order:
        all answers, joined.
    Example:
        ``[EmergencyContact(label="…", role="coordinator")]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def escalation(consultation: ConsultationView) -> Escalation | None:
    """To whom does a matter go that is beyond the desk?

    窓口だけで対応できない相談は誰につなぎますか。

    Asked by:
        intake, when it is received and when the screening changes.
    Arguments:
        ``consultation`` carries the two screening answers.
    Answer:
        level, target role, reason and source; nothing when the desk can cope.
    Order:
        the first answer, then the platform's default.
    Example:
        ``Escalation(EscalationLevel.MULTI_AGENCY, "lead", "…", "004:L137")``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def handoff_policy(sheet: SheetView) -> HandoffPolicy | None:
    """How is a つなぐシート acknowledged, and who is told when it is not?

    つなぐシートは何日で受け取りを確認し、遅れたら誰に知らせますか。

    Asked by:
        intake, when a sheet is sent and on the overdue list.
    Arguments:
        ``sheet`` is the sheet on its way.
    Answer:
        days, role and ways of accompanying the person.
    Order:
        the first answer.
    Example:
        ``HandoffPolicy(label="つなぐシート", overdue_role="head")``
    Since:
        0.1
    """


@hookspec
def handoff_form_fields() -> Sequence[FieldSpec] | None:
    """Which fields does the town's つなぐシート have beside the common ones?

    つなぐシートに町はどの欄を加えますか。

    Asked by:
        intake, on the sheet's form.
    Arguments:
        none.
    Answer:
        fields, stored under the plugin's name.
    Order:
        all answers, joined.
    Example:
        ``[FieldSpec(name="household", label="世帯構成")]``
    Since:
        0.1
    """


# Cases


@hookspec(firstresult=True)
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
    Example:
        ``ConsentPolicy(explanation="…", valid_for_days=365)``
    Since:
        0.1
    """


@hookspec
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
    Example:
        ``[LegalBasis("own", "条例第○条", "…", source="P54")]``
    Since:
        0.2
    """


@hookspec
def meeting_bodies(on: date) -> Sequence[MeetingBody] | None:
    """Which bodies does the town have, and of which legal nature?

    町にはどの会議体があり、法的にはどの種類ですか。

    Asked by:
        cases, when a session is planned.
    Arguments:
        ``on`` is the day: names and bodies have validity dates.
    Answer:
        bodies with unique codes and at least one legal kind each.
    Order:
        all answers, joined; the two national bodies stand when nobody answers.
    Example:
        ``[MeetingBody("monthly", "重層的支援会議", (LegalKind.MULTI_AGENCY_CONFERENCE,))]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def meeting_for(case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute | None:
    """In which body may this person's matter be discussed?

    この方のことはどの会議で話し合えますか。

    Asked by:
        cases, on the case page and when an agenda item is added.
    Arguments:
        ``consent`` is the state of the one person; ``urgent`` that it cannot wait.
    Answer:
        the body and why; an empty body means that the town has not decided.
    Order:
        the first answer; the platform then still refuses what the law refuses.
    Example:
        ``MeetingRoute(body="", reason="市の資料に定めがありません")``
    Since:
        0.1
    """


@hookspec
def attendees(body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
    """Who sits in this body for this case?

    この会議には誰が出席しますか。

    Asked by:
        cases, when a session is planned.
    Arguments:
        ``body`` is the body's code.
    Answer:
        slots with role or office and the kind of secrecy that binds them.
    Order:
        all answers, joined.
    Example:
        ``[AttendeeSlot(label="社協職員", office="social_welfare_council")]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def quorum(body: str, members: int, present: int) -> Quorum | None:
    """Are enough members present for the body to open?

    会議を開ける人数がそろっていますか。

    Asked by:
        cases, before a session opens.
    Arguments:
        ``members`` is the number appointed, ``present`` those attending.
    Answer:
        whether it is met, with the sentence to show.
    Order:
        the first answer; no quorum when nobody answers.
    Example:
        ``Quorum(met=False, reason="過半数に1名足りません")``
    Since:
        0.1
    """


@hookspec
def cadence(body: str, year: int) -> Sequence[str] | None:
    """How often does this body meet in a fiscal year?

    この会議は年度に何回開かれますか。

    Asked by:
        cases, on the list of bodies.
    Arguments:
        ``year`` is the fiscal year beginning in April.
    Answer:
        the document's own words.
    Order:
        all answers, joined.
    Example:
        ``["定例：月1回", "必要に応じて"]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def secrecy_notice(body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice | None:
    """Which duty of secrecy binds this attendee, in which words?

    この出席者はどの守秘義務に服し、どの文言を示しますか。

    Asked by:
        cases, on the attendance list.
    Arguments:
        ``attendee`` is the kind of attendee; ``on`` the day of the session.
    Answer:
        dated wording with its basis and source.
    Order:
        the first answer, then the platform's pledge without a penalty sentence.
    Example:
        ``SecrecyNotice(text="…", basis="社会福祉法第106条の6", needs_signature=True)``
    Since:
        0.1
    """


@hookspec
def after_meeting(session: SessionView) -> Sequence[FollowUp] | None:
    """Who is told what after a session?

    会議のあと、誰に何を伝えますか。

    Asked by:
        cases, on the session's page.
    Arguments:
        ``session`` is the held session.
    Answer:
        follow-ups by body or role; the platform still shows them only what it may.
    Order:
        all answers, joined.
    Example:
        ``[FollowUp(body="sharing", text="…")]``
    Since:
        0.1
    """


@hookspec
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
    Example:
        ``[AssessmentSheet("town_household", 1, "アセスメント", date(2026, 4, 1), (…,), True)]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
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
    Example:
        ``PlanForm(label="世帯全体の支援プラン", author_role="lead")``
    Since:
        0.1
    """


@hookspec(firstresult=True)
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
    Example:
        ``StatusLabels({"closed": "終結"})``
    Since:
        0.1
    """


@hookspec(firstresult=True)
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
    Example:
        ``MonitoringInterval(days=30, by_role="lead")``
    Since:
        0.1
    """


@hookspec
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
    Example:
        ``["review_date"]``
    Since:
        0.1
    """


# Outreach


@hookspec
def outreach_agencies(area: str, need: NeedView) -> Sequence[OutreachAgency] | None:
    """Who visits in this area for this need?

    この地域・この困りごとには誰が訪問しますか。

    Asked by:
        outreach, when a household is to be reached.
    Arguments:
        ``area`` is the town's area code or empty.
    Answer:
        agencies or roles.
    Order:
        all answers, joined.
    Example:
        ``[OutreachAgency(code="support_center_1", label="地域包括支援センター")]``
    Since:
        0.1
    """


@hookspec
def campaigns(year: int) -> Sequence[Campaign] | None:
    """Which outreach campaigns does the town run or plan in a year?

    町はその年度にどのアウトリーチの取組を行い、または予定していますか。

    Asked by:
        outreach, on the list of campaigns.
    Arguments:
        ``year`` is the fiscal year.
    Answer:
        campaigns with ordered steps and preconditions.
    Order:
        all answers, joined.
    Example:
        ``[Campaign(code="survey", label="アンケート調査", steps=("…",))]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def visit_safety(on: date) -> VisitSafety | None:
    """How does the town watch over workers at a door, and whom can they call?

    訪問先の職員の安全をどう見守り、危ないときはどこに電話しますか。

    Asked by:
        outreach, when a round is handed out to a telephone and when a worker's word is late.
    Arguments:
        ``on`` is the day.
    Answer:
        telephone numbers, minutes of grace, and who is told.
    Order:
        first answer.
    Example:
        ``VisitSafety(contacts=(DoorContact("福祉課", "0800-000-0000"),), grace_minutes=15)``
    Since:
        0.1
    """


# Resources


@hookspec
def resource_sources() -> Sequence[ResourceSource] | None:
    """Where does the town's directory of resources come from?

    町の社会資源の一覧は何から作られますか。

    Asked by:
        resources, on the directory page.
    Arguments:
        none.
    Answer:
        sources with layout and visibility.
    Order:
        all answers, joined.
    Example:
        ``[ResourceSource(code="map", label="社会資源マップ", layout="kodomo_shokudo")]``
    Since:
        0.1
    """


@hookspec(firstresult=True)
def participation_rule(case: CaseView) -> ParticipationRule | None:
    """What must have happened before participation support is planned, and who carries it out?

    参加支援を計画する前に何が必要で、誰が担いますか。

    Asked by:
        cases, when it is proposed; resources, at every step and on its page.
    Arguments:
        ``case`` is the snapshot; resources knows only its id and area.
    Answer:
        the judgement asked for, the office, the steps in the town's words.
    Order:
        the first answer; without one no judgement is asked for, and the page says that none is stated.
    Example:
        ``ParticipationRule("…", judged_by="multi_agency_conference", source="001:L378")``
    Since:
        0.2
    """


@hookspec(firstresult=True)
def community_route(issue: IssueView, on: date) -> CommunityRoute | None:
    """Which body takes up a community issue at its level, and where does it go from there?

    地域課題は、その段階ではどの会議体が受け、次はどこへ上がりますか。

    Asked by:
        resources, when an issue is raised or handed up.
    Arguments:
        ``issue`` has a theme and a place, no person; ``on`` is the day.
    Answer:
        the body with the reason; an empty body means that somebody has to choose.
    Order:
        the first answer; without one somebody chooses.
    Example:
        ``CommunityRoute("…", body="second_layer_council", next_level=CommunityLevel.TOWN)``
    Since:
        0.2
    """


@hookspec
def training_courses(on: date) -> Sequence[TrainingCourse] | None:
    """Which courses does the town hold for people who support others?

    支える人のための研修には、どのコースがありますか。

    Asked by:
        resources, on the page of training.
    Arguments:
        ``on`` is the day.
    Answer:
        courses with unique codes.
    Order:
        all answers, joined.
    Example:
        ``[TrainingCourse("basic", "基礎コース", source="002:L519")]``
    Since:
        0.2
    """


@hookspec
def community_networks(on: date) -> Sequence[CommunityNetwork] | None:
    """Which networks of groups does the town keep, and what do their members do?

    町にはどのネットワークがあり、参画団体は何をしていますか。

    Asked by:
        resources, on the page of networks.
    Arguments:
        ``on`` is the day.
    Answer:
        networks with unique codes and their kinds of activity.
    Order:
        all answers, joined.
    Example:
        ``[CommunityNetwork("food", "フードドライブ・ネットワーク", multi_counted=True)]``
    Since:
        0.2
    """


@hookspec
def rank_resources(
    need: NeedView, candidates: Sequence[CandidateView]
) -> Sequence[RankedResource] | None:
    """What does the town add to candidates for a need?

    困りごとの候補に、町は何を加えますか。

    Asked by:
        resources, when it compares a need with the directory.
    Arguments:
        ``need`` is the category and the area, without the person; ``candidates`` are the first thirty.
    Answer:
        points of at most ten either way, with a sentence that says why. Nobody comes in who is not
        among the candidates, and who was left out stays out.
    Order:
        all answers, joined.
    Example:
        ``[RankedResource("s1", 5, "小さな仕事から始められます。")]``
    Since:
        0.2
    """


# The prefecture


@hookspec(firstresult=True)
def prefecture_view(on: date) -> PrefectureView | None:
    """How does the prefecture support its municipalities, and which of them have begun?

    都道府県は市町村をどう支え、どの市町村がいつから実施していますか。

    Asked by:
        portal, on the prefecture's page; only plugins of a prefecture are asked.
    Arguments:
        ``on`` is the day.
    Answer:
        office, team, duties, and every municipality with its year; no person.
    Order:
        the first answer; no page of its own when nobody answers.
    Example:
        ``PrefectureView("孤独・孤立対策課", "推進チーム", (…,), (ProgrammeStart("313726", "北栄町", 2021),))``
    Since:
        0.2
    """
