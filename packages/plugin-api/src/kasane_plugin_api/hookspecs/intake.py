"""Asks how a consultation is received, sorted, stepped up and handed over."""

from collections.abc import Sequence

from kasane_plugin_api.answers import (
    Category,
    EmergencyContact,
    Escalation,
    FieldSpec,
    HandoffPolicy,
)
from kasane_plugin_api.markers import question
from kasane_plugin_api.views import ConsultationView, SheetView


@question(since="0.1")
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
    """


@question(since="0.1")
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
    """


@question(since="0.1")
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
    """


@question(since="0.1", decides=True)
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
    """


@question(since="0.1", decides=True)
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
    """


@question(since="0.1")
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
    """
