"""Writes down what a person needs, and asks a human service to take the person on."""

from typing import Any

from kasane_cases.commands import IdentifyNeed, RequestReferral
from kasane_cases.domain.assessment import SupportNeed
from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.requests import Referral
from kasane_cases.domain.timeline import CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose
from kasane_cases.handlers.origins import must_be_told_openly
from kasane_cases.handlers.views import known_choice
from kasane_cases.repository import Needs, Referrals, Tasks
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork

REFERRED_DATA = (DataClass.IDENTITY, DataClass.RECORD)


def identify_need(command: IdentifyNeed, uow: UnitOfWork, hooks: Any) -> str:
    """Writes a need down and tells the directory, which answers with suggestions; raises ClosedOrigin."""
    case, _ = open_for_change(command.case_id, uow)
    person = case.member(command.person_id, clock.today())
    labels = {one.code: one.label for one in hooks.consultation_categories()}
    label = known_choice(command.category, labels)
    today = clock.today()
    must_be_told_openly(case, (command.description,), uow, hooks)
    need = SupportNeed(
        id=command.need_id,
        case_id=case.id,
        person_id=person.id,
        category=command.category,
        description=command.description,
        identified_on=today,
        identified_by=uow.actor.account_id,
        circumstances=command.circumstances,
        contact=command.contact.value if command.contact else "",
        times=command.times.value if command.times else "",
    )
    ages = [case.person(one).age_on(today) for one in case.household.members_on(today)]
    Needs(uow.connection).add(need)
    uow.record("cases.support_need.identified", OBJECT, case.id)
    uow.publish(
        events.SupportNeedIdentified(
            need_id=need.id,
            case_id=case.id,
            person_id=person.id,
            category=need.category,
            age=person.age_on(today),
            area=case.area,
            description=need.description,
            household_ages=",".join(str(age) for age in ages if age is not None),
            circumstances=",".join(need.circumstances),
            contact=need.contact,
            times=need.times,
        )
    )
    note(uow, case.id, TimelineKind.NEED_IDENTIFIED, person.id, need.id, category=label)
    uow.commit()
    return need.id


def request_referral(command: RequestReferral, uow: UnitOfWork, hooks: Any) -> str:
    """Asks a human service to take a person on; refused unless something allows telling it."""
    case, _ = open_for_change(command.case_id, uow)
    need = Needs(uow.connection).get(case.id, command.need_id)
    person = case.member(need.person_id, clock.today())
    today = clock.today()
    suggested = {one.human_service_id: one.name for one in need.suggestions}
    name = command.human_service_name or suggested.get(command.human_service_id, "")
    disclosed = disclose(
        uow,
        hooks,
        Disclosing(
            case=case,
            person_id=person.id,
            recipient=Recipient.of_kind(command.recipient, name, command.human_service_id),
            purpose=ConsentPurpose.HANDOFF,
            data_classes=REFERRED_DATA,
            act=DisclosureAct.REFERRAL,
            reference=command.referral_id,
        ),
    )
    referral = Referral(
        id=command.referral_id,
        case_id=case.id,
        need_id=need.id,
        person_id=person.id,
        human_service_id=command.human_service_id,
        human_service_name=name,
        recipient=command.recipient,
        message=command.message,
        requested_on=today,
        requested_by=uow.actor.account_id,
    )
    Referrals(uow.connection).add(referral)
    Tasks(uow.connection).finish(case.id, person.id, CaseTaskKind.FIND_ANOTHER_SERVICE, today)
    uow.record(
        "cases.referral.requested",
        OBJECT,
        case.id,
        basis=f"{disclosed.basis.value}:{disclosed.basis_reference}",
    )
    uow.publish(
        events.ReferralRequested(
            referral_id=referral.id,
            case_id=case.id,
            need_id=need.id,
            person_id=person.id,
            human_service_id=referral.human_service_id,
            name=person.name,
            message=referral.message,
        )
    )
    note(uow, case.id, TimelineKind.REFERRAL_REQUESTED, person.id, referral.id, service=name)
    uow.commit()
    return referral.id
