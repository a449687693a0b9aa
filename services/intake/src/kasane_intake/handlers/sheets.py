"""Sends a つなぐシート, answers it, and ends it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from kasane_contracts import intake as events
from kasane_intake.commands import (
    AccompanyPerson,
    AnswerReferralSheet,
    RedirectReferralSheet,
    SendReferralSheet,
    SettleReferralSheet,
)
from kasane_intake.domain.consultation import HIDDEN_WORD, Consultation
from kasane_intake.domain.errors import ChangedMeanwhile, NotTheReceiver, WrongStep
from kasane_intake.domain.names_in_text import UNTOLD_WORD, named_in, names_contact
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_intake.domain.sheet_errors import (
    NamesWithoutConsent,
    NotTheSender,
    PersonsNotTold,
    SameOffice,
    UnknownOffice,
)
from kasane_intake.domain.step import Step
from kasane_intake.handlers.steps import note_step
from kasane_intake.handlers.working_days import working_days_after
from kasane_intake.repository import Consultations, ReferralSheets
from kasane_intake.repository.told import told_to
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import HandoffPolicy, SheetView

SHEET = "referral_sheet"
# No document that we have states a term; a town without one gets this and the page says so.
DECIDE_WITHIN_DAYS = 5


def draft_referral_sheet(command: SendReferralSheet, uow: UnitOfWork, hooks: Any) -> str:
    """Keeps a sheet that is not sent yet; nobody but the sender reads it. Also saves a draft once more.

    Raises ChangedMeanwhile for a draft that is no longer as it was read.
    """
    sheet, known = _prepared(command, uow, hooks, SheetStatus.DRAFT)
    _keep(sheet, known, uow)
    uow.record("intake.referral_sheet.drafted", SHEET, sheet.id)
    uow.commit()
    return sheet.id


def send_referral_sheet(command: SendReferralSheet, uow: UnitOfWork, hooks: Any) -> str:
    """Sends a つなぐシート with the person's consent; the sender stays responsible until it is accepted.

    A draft stays in its chain, of the office that is responsible for it; raises ChangedMeanwhile like drafting.
    """
    sheet, known = _prepared(command, uow, hooks, SheetStatus.SENT)
    typed = (sheet.reason, *_texts_in(sheet.extensions))
    _must_name_only_who_consented("\n".join(typed), sheet, uow)
    before = SheetStatus.DRAFT.value if known else ""
    _keep(sheet, known, uow)
    note_step(uow, Step.of_sheet(sheet, before))
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    from_status = consultation.status.value
    consultation.sheet_sent()
    consultations.save(consultation)
    note_step(uow, Step.of_consultation(consultation, from_status))
    uow.record("intake.referral_sheet.sent", SHEET, sheet.id, basis="consent")
    _say_sent(sheet, uow)
    uow.commit()
    return sheet.id


def answer_referral_sheet(command: AnswerReferralSheet, uow: UnitOfWork, hooks: Any) -> None:
    """Acknowledges, accepts, returns or reports the outcome of a sheet, and says so to the sender."""
    sheets = ReferralSheets(uow.connection)
    sheet = sheets.get(command.sheet_id)
    _must_be_receiver(sheet, uow)
    before = sheet.status.value
    steps: dict[str, Callable[[], None]] = {
        "acknowledge": lambda: sheet.acknowledge(_decide_by(sheet, hooks)),
        "accept": sheet.accept,
        "return": lambda: sheet.give_back(command.text),
        "outcome": lambda: sheet.report_outcome(command.text),
    }
    if command.step not in steps:
        raise WrongStep(status=before)
    steps[command.step]()
    sheets.save(sheet)
    note_step(uow, Step.of_sheet(sheet, before, command.text))
    if command.step in ("accept", "return"):
        _settle_consultation(sheet, uow, accepted=command.step == "accept")
    uow.record(f"intake.referral_sheet.{sheet.status.value}", SHEET, sheet.id)
    uow.publish(_answered(sheet))
    uow.commit()


def redirect_referral_sheet(command: RedirectReferralSheet, uow: UnitOfWork, hooks: Any) -> str:
    """Sends the sheet on to the office that can take it; the first sender stays responsible. Returns the new id."""
    sheets = ReferralSheets(uow.connection)
    sheet = sheets.get(command.sheet_id)
    _must_be_receiver(sheet, uow)
    _must_be_known(command.to_office, hooks)
    today, before = clock.today(), sheet.status.value
    policy = _policy(hooks, sheet.to_office, command.to_office, command.consent)
    onward = sheet.redirect(
        sheet_id=command.new_sheet_id,
        to_office=command.to_office,
        reason=command.reason,
        consent=command.consent,
        on=today,
        acknowledge_by=working_days_after(today, policy.acknowledge_within_days),
        overdue_role=policy.overdue_role,
    )
    _must_name_only_who_consented(command.reason, onward, uow)
    sheets.save(sheet)
    sheets.add(onward)
    note_step(uow, Step.of_sheet(sheet, before, command.reason))
    note_step(uow, Step.of_sheet(onward, ""))
    uow.record("intake.referral_sheet.redirected", SHEET, sheet.id, basis="consent")
    uow.publish(
        events.ReferralSheetRedirected(
            sheet.id, sheet.consultation_id, sheet.to_office, onward.to_office, onward.id
        )
    )
    _say_sent(onward, uow)
    uow.commit()
    return onward.id


def settle_referral_sheet(command: SettleReferralSheet, uow: UnitOfWork) -> None:
    """What the sender does: closes it after its outcome, makes it void, or opens it again, with a reason."""
    sheets = ReferralSheets(uow.connection)
    sheet = sheets.get(command.sheet_id)
    _must_be_sender(sheet, uow)
    before, was_on_its_way = sheet.status.value, sheet.on_its_way
    steps: dict[str, Callable[[], None]] = {
        "close": sheet.close,
        "void": lambda: sheet.void(command.reason),
        "reopen": lambda: sheet.reopen(command.reason),
    }
    if command.step not in steps:
        raise WrongStep(status=before)
    steps[command.step]()
    sheets.save(sheet)
    note_step(uow, Step.of_sheet(sheet, before, command.reason))
    if was_on_its_way:
        _settle_consultation(sheet, uow, accepted=False)
    done = {"close": "closed", "void": "voided", "reopen": "reopened"}[command.step]
    uow.record(f"intake.referral_sheet.{done}", SHEET, sheet.id)
    said = {
        "close": events.ReferralSheetClosed,
        "void": events.ReferralSheetVoided,
        "reopen": events.ReferralSheetReopened,
    }[command.step]
    uow.publish(said(sheet.id, sheet.consultation_id, sheet.to_office, sheet.status.value))
    uow.commit()


def accompany_person(command: AccompanyPerson, uow: UnitOfWork) -> None:
    """Writes down that somebody went along or telephoned: how, on which day, who."""
    sheets = ReferralSheets(uow.connection)
    sheet = sheets.get(command.sheet_id)
    if uow.actor.office != sheet.to_office:
        _must_be_sender(sheet, uow)
    if command.on > clock.today():
        raise WrongStep(status=sheet.status.value)
    sheet.accompanied(how=command.how, on=command.on, by=command.by)
    sheets.save(sheet)
    uow.record("intake.referral_sheet.accompanied", SHEET, sheet.id)
    uow.commit()


def remind_of_sheet(sheet_id: str, uow: UnitOfWork) -> None:
    """Tells the sender and the town's responsible post that nobody has acknowledged or decided a sheet."""
    sheets = ReferralSheets(uow.connection)
    sheet = sheets.get(sheet_id)
    sheet.remind(clock.today())
    sheets.save(sheet)
    facts: dict[str, Any] = {
        "sheet_id": sheet.id,
        "consultation_id": sheet.consultation_id,
        "responsible_office": sheet.responsible_office,
        "to_office": sheet.to_office,
        "overdue_role": sheet.overdue_role,
        "reminders": sheet.reminders,
    }
    if sheet.decide_by is not None and sheet.status is SheetStatus.ACKNOWLEDGED:
        uow.record("intake.referral_sheet.undecided", SHEET, sheet.id)
        uow.publish(events.ReferralSheetUndecided(decide_by=sheet.decide_by, **facts))
    else:
        uow.record("intake.referral_sheet.overdue", SHEET, sheet.id)
        uow.publish(events.ReferralSheetOverdue(acknowledge_by=sheet.acknowledge_by, **facts))
    uow.commit()


def _prepared(
    command: SendReferralSheet, uow: UnitOfWork, hooks: Any, status: SheetStatus
) -> tuple[ReferralSheet, ReferralSheet | None]:
    consultation = Consultations(uow.connection).get(command.consultation_id)
    known = _known_draft(command, uow)
    from_office = known.from_office if known else (uow.actor.office or consultation.desk)
    responsible_office = known.responsible_office if known else from_office
    if command.to_office in (from_office, responsible_office):
        raise SameOffice
    _must_be_known(command.to_office, hooks)
    today = clock.today()
    policy = _policy(hooks, uow.actor.office, command.to_office, command.consent)
    sheet = ReferralSheet(
        id=command.sheet_id,
        consultation_id=consultation.id,
        from_office=from_office,
        to_office=command.to_office,
        reason=command.reason,
        consent=command.consent,
        companionship=command.companionship,
        sent_on=today,
        acknowledge_by=working_days_after(today, policy.acknowledge_within_days),
        overdue_role=policy.overdue_role,
        includes_arrears=command.includes_arrears,
        arrears_consent=command.arrears_consent,
        extensions={name: dict(values) for name, values in command.extensions.items()},
        status=status,
        version=known.version if known else 1,
        persons=_persons_named(command, consultation, uow),
        responsible_office=responsible_office,
        chain_id=known.chain_id if known else "",
        redirected_from=known.redirected_from if known else "",
        copies_to=tuple(policy.copy_to),
    )
    return sheet, known


def _known_draft(command: SendReferralSheet, uow: UnitOfWork) -> ReferralSheet | None:
    known = ReferralSheets(uow.connection).find(command.sheet_id)
    if known is None:
        return None
    _must_be_sender(known, uow)
    if known.version != command.version:
        raise ChangedMeanwhile
    if known.status is not SheetStatus.DRAFT:
        raise WrongStep(status=known.status.value)
    return known


def _persons_named(
    command: SendReferralSheet, consultation: Consultation, uow: UnitOfWork
) -> tuple[str, ...]:
    """Whom the sheet tells of. Nobody passes on of whom they are not told themselves (I-07)."""
    told = told_to(uow.connection, uow.actor, (consultation.id,))
    known = [p for p in consultation.persons if told.of(consultation.id, p.person_id)]
    if command.persons is None:
        consented = [p.person_id for p in known if p.given_consent]
        return tuple(consented or [p.person_id for p in known[:1]])
    if any(p.person_id in command.persons for p in consultation.persons if p not in known):
        raise PersonsNotTold
    return tuple(p.person_id for p in known if p.person_id in command.persons)


def _must_name_only_who_consented(typed: str, sheet: ReferralSheet, uow: UnitOfWork) -> None:
    consultation = Consultations(uow.connection).get(sheet.consultation_id)
    told = [one for one in consultation.persons if one.person_id in sheet.persons]
    others = [one for one in consultation.persons if one not in told]
    mine = told_to(uow.connection, uow.actor, (consultation.id,))
    known = [one for one in others if mine.of(consultation.id, one.person_id)]
    names = set(named_in(typed, told, known))
    if named_in(typed, told, [one for one in others if one not in known]):
        names.add(UNTOLD_WORD)
    if names_contact(typed, told, consultation.contact):
        names.add(HIDDEN_WORD)
    if names:
        raise NamesWithoutConsent(names="、".join(sorted(names)))


def _texts_in(extensions: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for values in extensions.values():
        yield from (value for value in values.values() if isinstance(value, str))


def _keep(sheet: ReferralSheet, known: ReferralSheet | None, uow: UnitOfWork) -> None:
    sheets = ReferralSheets(uow.connection)
    if known is None:
        sheets.add(sheet)
    else:
        sheets.save(sheet)


def _must_be_known(office: str, hooks: Any) -> None:
    """Nobody takes what is sent to an office that the town does not have (I-13)."""
    offices = {one.code for one in hooks.organization(on=clock.today())}
    if offices and office not in offices:
        raise UnknownOffice


def _policy(hooks: Any, from_office: str, to_office: str, consent: bool) -> HandoffPolicy:
    view = SheetView(from_office, to_office, clock.today(), consent)
    found: HandoffPolicy = hooks.handoff_policy(sheet=view)
    return found


def _decide_by(sheet: ReferralSheet, hooks: Any) -> date:
    days = _policy(hooks, sheet.from_office, sheet.to_office, sheet.consent).decide_within_days
    return working_days_after(clock.today(), DECIDE_WITHIN_DAYS if days is None else days)


def _settle_consultation(sheet: ReferralSheet, uow: UnitOfWork, *, accepted: bool) -> None:
    consultations = Consultations(uow.connection)
    consultation = consultations.get(sheet.consultation_id)
    before = consultation.status.value
    of_it = ReferralSheets(uow.connection).of_consultation(consultation.id)
    consultation.sheet_settled(
        accepted=accepted or any(other.status is SheetStatus.ACCEPTED for other in of_it),
        others_on_their_way=any(other.on_its_way for other in of_it),
    )
    consultations.save(consultation)
    note_step(uow, Step.of_consultation(consultation, before))


def _must_be_receiver(sheet: ReferralSheet, uow: UnitOfWork) -> None:
    if uow.actor.office != sheet.to_office and not uow.actor.has("coordinator"):
        raise NotTheReceiver


def _must_be_sender(sheet: ReferralSheet, uow: UnitOfWork) -> None:
    offices = (sheet.from_office, sheet.responsible_office)
    if uow.actor.office not in offices and not uow.actor.has("coordinator"):
        raise NotTheSender


def _say_sent(sheet: ReferralSheet, uow: UnitOfWork) -> None:
    uow.publish(
        events.ReferralSheetSent(
            sheet_id=sheet.id,
            consultation_id=sheet.consultation_id,
            from_office=sheet.from_office,
            to_office=sheet.to_office,
            acknowledge_by=sheet.acknowledge_by,
            overdue_role=sheet.overdue_role,
            responsible_office=sheet.responsible_office,
            copies_to=sheet.copies_to,
        )
    )


def _answered(sheet: ReferralSheet) -> object:
    if sheet.status is SheetStatus.ACKNOWLEDGED:
        return events.ReferralSheetAcknowledged(
            sheet.id, sheet.consultation_id, sheet.to_office, sheet.decide_by
        )
    if sheet.status is SheetStatus.ACCEPTED:
        return events.ReferralSheetAccepted(sheet.id, sheet.consultation_id, sheet.to_office)
    if sheet.status is SheetStatus.RETURNED:
        return events.ReferralSheetReturned(
            sheet.id, sheet.consultation_id, sheet.responsible_office, sheet.to_office
        )
    return events.ReferralSheetOutcomeReturned(
        sheet.id, sheet.consultation_id, sheet.responsible_office, sheet.to_office
    )
