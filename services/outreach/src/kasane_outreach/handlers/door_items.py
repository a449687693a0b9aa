"""Takes what was written at a door: each thing once, with an outcome that the telephone is told."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection

from kasane_contracts import outreach as events
from kasane_kit import clock
from kasane_kit.db import Taken
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing, SealBroken, Unseal
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.uploads import FileKind, check_upload
from kasane_kit.web.errors import Refusal
from kasane_outreach.commands import RecordVisit
from kasane_outreach.commands.campaigns import RecordSurveyVisit
from kasane_outreach.commands.door import SettleItem, TakeItem
from kasane_outreach.domain.check_in import CheckIn, expected_end
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.door_device import DoorDevice
from kasane_outreach.domain.door_errors import (
    AlreadySettled,
    ContentUnreadable,
    DeviceStopped,
    DoorItemNotFound,
    NotHandedOut,
    SurveyedMeanwhile,
    VisitReassigned,
    VisitUnknown,
)
from kasane_outreach.domain.door_item import (
    DoorItem,
    DoorItemKind,
    DoorOutcome,
    VisitAddendum,
    VisitPhoto,
    believable_moment,
)
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.visit import Visit
from kasane_outreach.handlers import area_surveys
from kasane_outreach.handlers.visits import name_of, write_record
from kasane_outreach.repository import Visits
from kasane_outreach.repository.campaigns import AreaSurveys
from kasane_outreach.repository.door import (
    CheckIns,
    DoorDevices,
    DoorItems,
    VisitPapers,
    taken_once,
)

ITEM, VISIT, CHECK_IN, DEVICE = "door_item", "visit", "check_in", "door_device"
SEALED_ITEMS, SEALED_PHOTOS = "door-items", "visit-photos"
LONGEST_TEXT = 10_000
MOST_REPLACED = 50
PICTURES = (FileKind.JPEG, FileKind.PNG, FileKind.HEIC)
LARGEST_PHOTO = 8 * 1024 * 1024


def take_item(command: TakeItem, unit: Callable[[], Any], hooks: Any) -> DoorItem:
    """Takes one thing and says what became of it; the same thing again gives the same answer.

    ``unit()`` opens a unit of work. What cannot be taken is kept sealed with the reason; nothing of a
    refused thing is left in a visit.
    """
    with unit() as uow:
        if (known := DoorItems(uow.connection).find(command.item_id)) is not None:
            return known
    try:
        with taken_once():
            try:
                with unit() as uow:
                    return _accept(command, uow, hooks)
            except (OutreachRefusal, Refusal) as refusal:
                with unit() as uow:
                    return _reject(command, uow, refusal.code, refusal.facts)
    except Taken:
        # The same thing came twice at once; the other one was first.
        with unit() as uow:
            return DoorItems(uow.connection).get(command.item_id)


def refuse_item(command: TakeItem, unit: Callable[[], Any], code: str) -> DoorItem:
    """Keeps something of somebody who may no longer send it, with the reason; the same again is the same."""
    with unit() as uow:
        if (known := DoorItems(uow.connection).find(command.item_id)) is not None:
            return known
        return _reject(command, uow, code, {})


def settle_item(command: SettleItem, uow: UnitOfWork) -> None:
    """Ends the waiting of something that was not accepted, with its words kept at the visit or not.

    Raises DoorItemNotFound, AlreadySettled, and ContentUnreadable where there are no words to keep.
    """
    items = DoorItems(uow.connection)
    item = items.get(command.item_id, to_change=True)
    if item.account_id != uow.actor.account_id and not uow.actor.has("coordinator"):
        raise DoorItemNotFound
    if not item.waits:
        raise AlreadySettled
    if command.keep:
        sealed = items.sealed(item.id)
        content = open_content(uow.unseal, item.id, sealed or b"")
        if item.kind is DoorItemKind.SURVEY:
            area_surveys.keep_beside(_survey_visit(item, content), uow)
        else:
            _keep_words(item, words_of(content), uow)
    item.settled_at, item.settled_by = clock.now(), uow.actor.account_id
    items.save(item)
    uow.record("outreach.door_item.settled", ITEM, item.id)
    uow.commit()


def open_content(unseal: Unseal, item_id: str, sealed: bytes) -> Mapping[str, Any]:
    """What was kept of something that was not accepted; empty where nothing was."""
    found = json.loads(unseal(SEALED_ITEMS, sealed, place_of_item_kept(item_id))) if sealed else {}
    return found if isinstance(found, dict) else {}


def words_of(content: Mapping[str, Any]) -> str:
    """What a person wrote in a thing that was not accepted, on one page."""
    parts = (content.get("text"), content.get("note"), content.get("next_wish"))
    consent = content.get("consent")
    said = consent.get("said") if isinstance(consent, dict) else ""
    return "\n".join(str(part) for part in (*parts, said) if part)


def _accept(command: TakeItem, uow: UnitOfWork, hooks: Any) -> DoorItem:
    device = _device(command, uow)
    item = _item(command, device, uow, DoorOutcome.ACCEPTED)
    content = _object(command.content.get("content"))
    if device.stopped:
        raise DeviceStopped
    _look_at_hand_out(item, uow)
    if item.kind is DoorItemKind.SURVEY:
        _survey(item, content, uow)
    else:
        _about_visit(item, content, uow, hooks)
    DoorItems(uow.connection).add(item)
    uow.record(f"outreach.door_item.{item.outcome.value}", ITEM, item.id)
    _supersede(command, item, uow)
    _settle_earlier(command, item, uow)
    uow.commit()
    return item


def _device(command: TakeItem, uow: UnitOfWork) -> DoorDevice:
    """The telephone; one that is known no more is known again, because its seal proves that it got that key."""
    devices = DoorDevices(uow.connection)
    if (known := devices.find(command.device_id)) is not None:
        return known
    now = clock.now()
    device = devices.known(
        DoorDevice(command.device_id, uow.actor.account_id, "", command.day, now, now)
    )
    uow.record("outreach.door.used", DEVICE, device.id)
    return device


def _look_at_hand_out(item: DoorItem, uow: UnitOfWork) -> None:
    """Nothing is taken about a visit that the telephone never got, unless it is the worker's own.

    A restored server may not know any more what it handed out. Raises NotHandedOut and VisitUnknown.
    """
    if DoorDevices(uow.connection).handed_out(item.device_id, item.visit_id):
        return
    if item.kind is DoorItemKind.SURVEY:
        surveys = AreaSurveys(uow.connection)
        walked = surveys.areas_walked(item.account_id, item.day)
        own = any(
            item.visit_id == house.id
            for run_id, area in walked
            for house in surveys.households(run_id, area)
        )
        known = True
    else:
        visits = Visits(uow.connection).those([item.visit_id])
        known = bool(visits)
        own = known and item.account_id in visits[0].workers
    if not known:
        raise VisitUnknown
    if not own:
        raise NotHandedOut


def _about_visit(item: DoorItem, content: Mapping[str, Any], uow: UnitOfWork, hooks: Any) -> None:
    visit = _visit(item, uow)
    match item.kind:
        case DoorItemKind.RECORD:
            _record(item, content, visit, uow)
        case DoorItemKind.ADDENDUM:
            _add_words(item.id, visit.id, item.account_id, item.made_at, _text(content), uow)
        case DoorItemKind.PHOTO:
            _photo(item, content, visit, uow)
        case DoorItemKind.CHECK_IN:
            _check_in(item, content, visit, uow, hooks)
        case DoorItemKind.CHECK_OUT:
            _check_out(item, content, uow)


def _survey(item: DoorItem, content: Mapping[str, Any], uow: UnitOfWork) -> None:
    """What came of a house of the survey; whoever ended its turn first, ended it."""
    if AreaSurveys(uow.connection).household(item.visit_id, to_change=True).done:
        raise SurveyedMeanwhile
    area_surveys.write_survey_visit(_survey_visit(item, content), uow)


def _survey_visit(item: DoorItem, content: Mapping[str, Any]) -> RecordSurveyVisit:
    try:
        result = VisitResult(str(content.get("result")))
    except ValueError:
        raise ContentUnreadable from None
    words = _word(content.get("note", ""), LONGEST_TEXT)
    return RecordSurveyVisit(
        item.visit_id, result, item.made_at.astimezone(clock.JAPAN).date(), words
    )


def _keep_words(item: DoorItem, words: str, uow: UnitOfWork) -> None:
    Visits(uow.connection).get(item.visit_id)
    if not words:
        raise ContentUnreadable
    _add_words(new_id(), item.visit_id, item.account_id, item.made_at, words, uow)


def _reject(command: TakeItem, uow: UnitOfWork, code: str, facts: Mapping[str, object]) -> DoorItem:
    device = _device(command, uow)
    item = _item(command, device, uow, DoorOutcome.REJECTED)
    item.reason = code
    item.facts = {name: str(fact) for name, fact in facts.items()}
    content = _object(command.content.get("content"), strict=False)
    kept = uow.seal(
        SEALED_ITEMS, json.dumps(content, ensure_ascii=False).encode(), place_of_item_kept(item.id)
    )
    DoorItems(uow.connection).add(item, kept)
    _supersede(command, item, uow)
    uow.record("outreach.door_item.rejected", ITEM, item.id, basis=item.reason)
    uow.commit()
    return item


def _item(command: TakeItem, device: DoorDevice, uow: UnitOfWork, outcome: DoorOutcome) -> DoorItem:
    sent, now = command.content, clock.now()
    try:
        kind = DoorItemKind(str(sent.get("kind")))
        made = datetime.fromisoformat(str(sent.get("made_at")))
        begins = datetime.combine(command.day, time.min, clock.JAPAN).astimezone(UTC)
        made_at = believable_moment(made, now, begins)
    except (ValueError, TypeError):
        raise ContentUnreadable from None
    return DoorItem(
        id=command.item_id,
        device_id=device.id,
        account_id=uow.actor.account_id,
        visit_id=_word(sent.get("visit_id"), 36),
        kind=kind,
        day=command.day,
        made_at=made_at,
        clock_moved=bool(sent.get("clock_moved")) or made_at != made,
        arrived_at=now,
        outcome=outcome,
    )


def _visit(item: DoorItem, uow: UnitOfWork) -> Visit:
    """The visit; only a record needs to be by one of its workers still."""
    visit = Visits(uow.connection).get(item.visit_id, to_change=True)
    if item.kind is DoorItemKind.RECORD and item.account_id not in visit.workers:
        names = [name_of(worker, uow) for worker in visit.workers]
        raise VisitReassigned(workers="、".join(names))
    return visit


def _supersede(command: TakeItem, item: DoorItem, uow: UnitOfWork) -> None:
    """What the telephone replaced before it was sent is known here too, whatever became of the later one."""
    replaced = command.content.get("replaces")
    items = DoorItems(uow.connection)
    for before in replaced[:MOST_REPLACED] if isinstance(replaced, list) else ():
        known = isinstance(before, str) and len(before) == len(item.id) and items.find(before)
        if known is None and before != item.id:
            outcome = {"outcome": DoorOutcome.SUPERSEDED, "reason": "", "facts": {"by": item.id}}
            items.add(DoorItem(**{**vars(item), "id": before, **outcome}))


def _settle_earlier(command: TakeItem, item: DoorItem, uow: UnitOfWork) -> None:
    """What the worker added by hand ends the waiting of the thing that was not accepted."""
    items = DoorItems(uow.connection)
    settled = items.find(_word(command.content.get("settles", ""), 36))
    if settled is not None and settled.waits and settled.account_id == item.account_id:
        settled.settled_at, settled.settled_by = item.arrived_at, item.account_id
        items.save(settled)


def _record(item: DoorItem, content: Mapping[str, Any], visit: Visit, uow: UnitOfWork) -> None:
    try:
        result = VisitResult(str(content.get("result")))
    except ValueError:
        raise ContentUnreadable from None
    consent = _object(content.get("consent") or {})
    said = _word(consent.get("said", ""), LONGEST_TEXT)
    write_record(
        RecordVisit(
            visit_id=visit.id,
            result=result,
            version=visit.version,
            note=_word(content.get("note", ""), LONGEST_TEXT),
            consent_heard=bool(said) and result.contact_made,
            accompanied_to=_word(content.get("accompanied_to", ""), 200),
            next_wish=_word(content.get("next_wish", ""), 500),
            submission=f"door:{item.id}",
        ),
        uow,
    )
    if said and result.contact_made:
        uow.publish(
            events.ConsentHeard(
                visit_id=visit.id,
                request_id=visit.request_id,
                case_id=visit.case_id,
                person_id=visit.person_id,
                on=min(visit.on, clock.today()),
                heard_by=uow.actor.account_id,
                said_by=_word(consent.get("said_by", ""), 40),
                said=said,
                heard_by_name=uow.actor.display_name,
            )
        )


def _add_words(
    addendum_id: str, visit_id: str, by: str, at: datetime, words: str, uow: UnitOfWork
) -> None:
    VisitPapers(uow.connection).add_addendum(VisitAddendum(addendum_id, visit_id, by, at, words))
    uow.record("outreach.visit.added_to", VISIT, visit_id)


def _photo(item: DoorItem, content: Mapping[str, Any], visit: Visit, uow: UnitOfWork) -> None:
    try:
        sent = base64.b64decode(str(content.get("data", "")), validate=True)
    except (binascii.Error, ValueError):
        raise ContentUnreadable from None
    name = _word(content.get("name", ""), 200) or "photo.jpg"
    upload = check_upload(name, sent, PICTURES, LARGEST_PHOTO)
    photo = VisitPhoto(
        item.id,
        visit.id,
        upload.name,
        upload.media_type,
        upload.size,
        upload.digest,
        item.made_at,
        item.account_id,
    )
    sealed = uow.seal(SEALED_PHOTOS, upload.content, place_of_photo(visit.id, item.id))
    VisitPapers(uow.connection).add_photo(photo, sealed)
    uow.record("outreach.visit.photo_added", VISIT, visit.id, basis=upload.digest)


def _check_in(
    item: DoorItem, content: Mapping[str, Any], visit: Visit, uow: UnitOfWork, hooks: Any
) -> None:
    minutes = content.get("minutes", visit.minutes)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 5 <= minutes <= 480:
        raise ContentUnreadable
    grace = hooks.visit_safety(on=clock.today()).grace_minutes
    expected = expected_end(item.made_at, minutes, grace)
    CheckIns(uow.connection).add(
        CheckIn(item.id, visit.id, item.account_id, item.made_at, expected)
    )
    uow.record("outreach.check_in.begun", CHECK_IN, item.id)


def _check_out(item: DoorItem, content: Mapping[str, Any], uow: UnitOfWork) -> None:
    found = CheckIns(uow.connection).get(_word(content.get("check_in"), 36), to_change=True)
    if found.account_id != item.account_id:
        raise DoorItemNotFound
    if not found.open:
        # Somebody found out before that all is well.
        item.outcome, item.reason = DoorOutcome.SUPERSEDED, AlreadySettled.code
        return
    end_check_in(found, item.account_id, item.made_at, "", uow)


def end_check_in(found: CheckIn, by: str, at: datetime, note: str, uow: UnitOfWork) -> None:
    """Ends the watch over a worker and says so where somebody was told; the caller commits."""
    found.end(by, at, note)
    CheckIns(uow.connection).save(found)
    uow.record("outreach.check_in.ended", CHECK_IN, found.id)
    if found.alarmed_at is not None:
        uow.publish(events.CheckInSettled(found.id, found.visit_id))


def open_every_photo(connection: Connection, keys: KeyRing, municipality: str) -> int:
    """Opens every picture of a town and compares it with its digest; returns how many there are.

    Raises SealBroken naming the first that is not what was taken.
    """
    papers = VisitPapers(connection)
    found = papers.every_photo()
    for visit_id, photo_id, digest in found:
        _facts, sealed = papers.photo(visit_id, photo_id)
        place = place_of_photo(visit_id, photo_id)
        content = keys.unseal(municipality, SEALED_PHOTOS, sealed, place)
        if hashlib.sha256(content).hexdigest() != digest:
            raise SealBroken(f"the picture {photo_id} is not the one that was taken")
    return len(found)


def place_of_photo(visit_id: str, photo_id: str) -> str:
    """Where a photo's seal belongs: it opens nowhere else."""
    return f"outreach_visit_photo|{visit_id}|{photo_id}"


def place_of_item_kept(item_id: str) -> str:
    """Where the seal of what was not accepted belongs: it opens nowhere else."""
    return f"outreach_door_item|{item_id}"


def _text(content: Mapping[str, Any]) -> str:
    words = _word(content.get("text"), LONGEST_TEXT).strip()
    if not words:
        raise ContentUnreadable
    return words


def _object(value: Any, *, strict: bool = True) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    if strict:
        raise ContentUnreadable
    return {}


def _word(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise ContentUnreadable
    return value
