"""Answers every hook for a town whose plugins are silent: the national words and two bodies.

The hooks' own names force domain nouns upon this file; it is the only one of the kit with any.
Where the answer is this platform's choice and not a rule, its sentence says so.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources

from kasane_kit.plugins.reach_defaults import DefaultReach
from kasane_kit.plugins.report_defaults import DefaultReports, PlatformReports
from kasane_plugin_api import (
    AssessmentSheet,
    AttendeeKind,
    AttendeeSlot,
    CaseView,
    Category,
    Choice,
    ConsentPolicy,
    ConsentView,
    ConsultationView,
    EmergencyContact,
    Escalation,
    EscalationLevel,
    FieldSpec,
    FollowUp,
    HandoffPolicy,
    LegalBasis,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    MonitoringInterval,
    Office,
    Phase,
    PhaseAnswer,
    PlanForm,
    PlanView,
    Quorum,
    ResponsibleOffice,
    RetentionPeriod,
    Role,
    RoleFunction,
    SecrecyNotice,
    SessionView,
    SheetView,
    StatusLabels,
    Structure,
    hookimpl,
    valid_on,
)

DEFAULT = "default"
PLATFORM = "platform"

_COORDINATOR = str(RoleFunction.COORDINATOR)
_SUPPORT = str(LegalKind.SUPPORT_CONFERENCE)
_MULTI_AGENCY = str(LegalKind.MULTI_AGENCY_CONFERENCE)

_NATIONAL = Structure(
    resources.files("kasane_kit.plugins").joinpath("national.toml").read_text("utf-8")
)
_LEGAL_BASES = _NATIONAL.rows("legal_bases", LegalBasis)

_CATEGORIES = (
    Category("illness_disability", "病気や健康、障害"),
    Category("housing", "住まい"),
    Category("income", "収入・生活費"),
    Category("rent_loans", "家賃やローン"),
    Category("taxes_utilities", "税金や公共料金"),
    Category("debt", "債務"),
    Category("job_search", "仕事探し"),
    Category("work_trouble", "仕事上の不安やトラブル"),
    Category("community_relations", "地域との関係"),
    Category("family_relations", "家族との関係"),
    Category("child_rearing", "子育て"),
    Category("nursing_care", "介護"),
    Category("withdrawal_truancy", "ひきこもり・不登校"),
    Category("violence_abuse", "DV・虐待"),
    Category("no_food", "食べるものがない"),
    Category("other", "その他"),
)

_PLANS = {
    "multi_agency": "支援プラン（多機関協働）",
    "outreach": "支援プラン（アウトリーチ等を通じた継続的支援）",
    "participation": "支援プラン（参加支援）",
}


class PlatformTown(PlatformReports):
    """The posts that the platform itself needs in every town, beside the town's own."""

    @hookimpl(trylast=True)
    def roles(self, on: date) -> Sequence[Role]:
        """The town's administrator and the prefecture's operator."""
        return (
            Role("town_administrator", "市町村の管理者", RoleFunction.TOWN_ADMINISTRATOR),
            Role("prefecture_operator", "都道府県の運用担当", RoleFunction.PREFECTURE_OPERATOR),
        )


class DefaultTown(DefaultReach, DefaultReports):
    """An answer to every hook; for contributions it stands only when no plugin gave one."""

    @hookimpl(trylast=True)
    def town_terms(self, on: date) -> Mapping[str, str]:
        """No word of its own: the national words of the glossary stand.
        独自の言葉はなく、用語集の国の言葉を使う。
        """
        return {}

    @hookimpl(trylast=True)
    def organization(self, on: date) -> Sequence[Office]:
        """No office.
        窓口はない。
        """
        return ()

    @hookimpl(trylast=True)
    def roles(self, on: date) -> Sequence[Role]:
        """Someone who receives, a contact in each office and a coordinator.
        相談を受ける職員、各課の担当者、コーディネーター。
        """
        return (
            Role("receiver", "相談を受ける職員", RoleFunction.RECEIVER),
            Role("contact", "各課の担当者", RoleFunction.CONTACT),
            Role("coordinator", "コーディネーター", RoleFunction.COORDINATOR),
        )

    @hookimpl(trylast=True)
    def responsible_office(self, consultation: ConsultationView) -> ResponsibleOffice | None:
        """The desk that received it, when it is known.
        相談を受けた窓口（分かるとき）。
        """
        if not consultation.desk:
            return None
        return ResponsibleOffice(consultation.desk, "相談を受けた窓口が受け持ちます。")

    @hookimpl(trylast=True)
    def phase(self, feature: str, on: date) -> PhaseAnswer:
        """Running: what a town has not dated is offered.
        実施中。町が時期を定めていないものは使える。
        """
        return PhaseAnswer(Phase.ACTIVE, "開始時期の定めがないため、実施中として扱います。")

    @hookimpl(trylast=True)
    def intake_form_fields(self, channel: str) -> Sequence[FieldSpec]:
        """No field beside the common ones.
        共通の欄のほかはない。
        """
        return ()

    @hookimpl(trylast=True)
    def consultation_categories(self) -> Sequence[Category]:
        """Sixteen national kinds of trouble.
        国の様式のもとになった16の分類。
        """
        return _CATEGORIES

    @hookimpl(trylast=True)
    def emergency_contacts(self, consultation: ConsultationView) -> Sequence[EmergencyContact]:
        """The coordinator.
        コーディネーター。
        """
        return (EmergencyContact("コーディネーター", role=_COORDINATOR),)

    @hookimpl(trylast=True)
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """The coordinator, as soon as one agency or ordinary cooperation is not enough.
        一つの機関または通常の連携で足りなければ、コーディネーター。
        """
        screening = consultation.screening
        if screening.ordinary_cooperation_enough is False:
            return Escalation(
                EscalationLevel.MULTI_AGENCY,
                _COORDINATOR,
                "通常の連携では対応が難しいため、コーディネーターにつなぎます。",
            )
        if screening.single_agency_enough is False:
            return Escalation(
                EscalationLevel.RELATED_AGENCIES,
                _COORDINATOR,
                "一つの機関では対応が難しいため、コーディネーターにつなぎます。",
            )
        return None

    @hookimpl(trylast=True)
    def handoff_policy(self, sheet: SheetView) -> HandoffPolicy:
        """Acknowledged in two working days, else the coordinator is told (our choice).
        2開庁日で受け取りを確認し、遅れたらコーディネーターに知らせる（基盤の既定）。
        """
        return HandoffPolicy(
            label="つなぐシート",
            acknowledge_within_days=2,
            overdue_role=_COORDINATOR,
            requires_consent=True,
            companionship=(Choice("accompanied", "同行"), Choice("telephoned", "電話で確認")),
        )

    @hookimpl(trylast=True)
    def handoff_form_fields(self) -> Sequence[FieldSpec]:
        """No field beside the common ones.
        共通の欄のほかはない。
        """
        return ()

    @hookimpl(trylast=True)
    def consent_policy(self, purpose: str) -> ConsentPolicy:
        """Asked of each person, written or spoken, for one year (our choice).
        一人ずつ、書面または口頭で、1年（基盤の既定）。
        """
        return ConsentPolicy(
            explanation=(
                "あなたの支援のために、あなたが選んだ相手に、選んだ内容だけを伝えます。"
                "いつでも取り消せます。有効期間の1年は本システムの既定であり、変えられます。"
            ),
            valid_for_days=365,
            methods=(Choice("written", "書面"), Choice("spoken", "口頭（記録を残す）")),
        )

    @hookimpl(trylast=True)
    def legal_bases(self, on: date) -> Sequence[LegalBasis]:
        """What the act on personal information allows public bodies, from dated data.
        個人情報保護法が行政機関等に認めるもの（日付と出典のあるデータ）。
        """
        return valid_on(_LEGAL_BASES, on)

    @hookimpl(trylast=True)
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
        """The two national bodies.
        国の2つの会議：支援会議と重層的支援会議。
        """
        return (
            MeetingBody(_SUPPORT, "支援会議", (LegalKind.SUPPORT_CONFERENCE,), host="市町村"),
            MeetingBody(
                _MULTI_AGENCY,
                "重層的支援会議",
                (LegalKind.MULTI_AGENCY_CONFERENCE,),
                host="多機関協働事業者",
            ),
        )

    @hookimpl(trylast=True)
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """With this person's consent the 重層的支援会議, without it the 支援会議.
        本人同意があれば重層的支援会議、なければ支援会議。
        """
        if consent.given:
            return MeetingRoute(_MULTI_AGENCY, "本人同意があるため、重層的支援会議で話し合えます。")
        return MeetingRoute(_SUPPORT, "本人同意がないため、支援会議で話し合います。")

    @hookimpl(trylast=True)
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot]:
        """Staff only: the coordinator and the contacts.
        職員だけ：コーディネーターと各課の担当者。
        """
        return (
            AttendeeSlot("コーディネーター", role=_COORDINATOR),
            AttendeeSlot("各課の担当者", role=str(RoleFunction.CONTACT)),
        )

    @hookimpl(trylast=True)
    def quorum(self, body: str, members: int, present: int) -> Quorum:
        """None is asked for.
        定足数はない。
        """
        return Quorum(True, "定足数の定めはありません。")

    @hookimpl(trylast=True)
    def cadence(self, body: str, year: int) -> Sequence[str]:
        """When needed.
        随時。
        """
        return ("随時",)

    @hookimpl(trylast=True)
    def secrecy_notice(self, body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice:
        """The law's duty in a 支援会議, a pledge elsewhere; no penalty sentence in either.
        支援会議は法の守秘義務、ほかは誓約。どちらも罰則の文言は出さない。
        """
        text = "この会議で知ったことを、正当な理由なく会議の外の人に伝えません。"
        outsider = attendee is not AttendeeKind.MUNICIPAL_STAFF
        if body == _SUPPORT:
            return SecrecyNotice(text, "社会福祉法第106条の6", needs_signature=outsider)
        return SecrecyNotice(text, "誓約（法律の罰則によるものではありません）", outsider)

    @hookimpl(trylast=True)
    def after_meeting(self, session: SessionView) -> Sequence[FollowUp]:
        """Nobody is told by itself.
        自動で知らせる相手はいない。
        """
        return ()

    @hookimpl(trylast=True)
    def assessment_forms(self, scope: str, on: date) -> Sequence[AssessmentSheet]:
        """None of its own: the platform's form stands, which is not the ministry's.
        町の様式はなく、基盤の様式を使う（国の様式ではない）。
        """
        return ()

    @hookimpl(trylast=True)
    def plan_form(self, kind: str) -> PlanForm | None:
        """The three national kinds of plan, written by the coordinator.
        国の3種類のプラン。作るのはコーディネーター。
        """
        if kind not in _PLANS:
            return None
        return PlanForm(_PLANS[kind], author_role=_COORDINATOR)

    @hookimpl(trylast=True)
    def status_labels(self) -> StatusLabels:
        """The national words stand.
        国の言葉のまま。
        """
        return StatusLabels()

    @hookimpl(trylast=True)
    def monitoring_interval(self, plan: PlanView) -> MonitoringInterval:
        """Ninety days (our choice).
        90日（基盤の既定）。
        """
        return MonitoringInterval(
            90, _COORDINATOR, "国の定めではなく、本システムの既定の間隔です。"
        )

    @hookimpl(trylast=True)
    def closing_requirements(self, case: CaseView) -> Sequence[str]:
        """An evaluation, and who is turned to next.
        評価と、次の相談先。
        """
        return ("evaluation", "next_contact")

    @hookimpl(trylast=True)
    def retention_period(self, kind: str) -> RetentionPeriod | None:
        """No national figure was found: nothing is over until the town says a term.
        国の定めは見つかっていない。町が定めるまで、何も消さない。
        """
        return None
