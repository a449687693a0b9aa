"""Begins a worker's day on a telephone, stops telephones, and looks for workers whose word did not come."""

from kasane_contracts import outreach as events
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.unit_of_work import House, UnitOfWork, reading
from kasane_outreach.commands.door import BeginDay, EndCheckIn, SetEmergencyCalls, StopDevice
from kasane_outreach.domain.door_device import DoorDevice
from kasane_outreach.domain.door_errors import DeviceNotFound, DeviceStopped
from kasane_outreach.domain.emergency_call import checked
from kasane_outreach.domain.errors import VisitNotFound
from kasane_outreach.handlers.door_items import end_check_in
from kasane_outreach.repository.door import CheckIns, DoorDevices
from kasane_outreach.repository.planning_records import EmergencyCalls

SERVICE = "outreach"
DEVICE, VISIT, HOUSE = "door_device", "visit", "survey_household"


def begin_day(command: BeginDay, uow: UnitOfWork) -> DoorDevice:
    """Begins today on a telephone of the actor, known or new.

    Raises DeviceStopped, and DeviceNotFound where the number is somebody else's.
    """
    devices, now, today = DoorDevices(uow.connection), clock.now(), clock.today()
    if devices.stopped_in(uow.actor.session_id):
        raise DeviceStopped
    device = devices.known(
        DoorDevice(command.device_id, uow.actor.account_id, command.label, today, now, now)
    )
    if device.account_id != uow.actor.account_id:
        raise DeviceNotFound
    device.begin(today, now, uow.actor.session_id)
    devices.save(device)
    uow.record("outreach.door.used", DEVICE, device.id)
    uow.commit()
    return device


def hand_out(
    device_id: str, visit_ids: tuple[str, ...], uow: UnitOfWork, houses: tuple[str, ...] = ()
) -> DoorDevice:
    """Notes what a telephone holds of today; every visit and every house of a survey new to it stands in the trail.

    Raises DeviceNotFound and DeviceStopped.
    """
    devices, now, today = DoorDevices(uow.connection), clock.now(), clock.today()
    device = devices.get(device_id, to_change=True)
    if device.account_id != uow.actor.account_id:
        raise DeviceNotFound
    device.begin(today, now, uow.actor.session_id)
    devices.save(device)
    for visit_id in devices.hand_out(device_id, today, visit_ids, now):
        uow.record("outreach.visit.handed_out", VISIT, visit_id, basis=device_id)
    for house in devices.hand_out(device_id, today, houses, now):
        uow.record("outreach.survey_household.handed_out", HOUSE, house, basis=device_id)
    uow.record("outreach.door.used", DEVICE, device.id)
    uow.commit()
    return device


def stop_device(command: StopDevice, uow: UnitOfWork) -> None:
    """Stops a telephone for good: it is wiped at its next contact; stopping it twice changes nothing."""
    devices = DoorDevices(uow.connection)
    device = devices.get(command.device_id, to_change=True)
    if device.account_id != uow.actor.account_id and not uow.actor.has("coordinator"):
        raise DeviceNotFound
    if not device.stop(uow.actor.account_id, clock.now()):
        return
    devices.save(device)
    uow.record("outreach.door.stopped", DEVICE, device.id)
    uow.commit()


def set_emergency_calls(command: SetEmergencyCalls, uow: UnitOfWork) -> None:
    """Keeps whom the town's workers can call; telephones get it with their next round.

    Raises CallUnreadable and ChangedMeanwhile.
    """
    EmergencyCalls(uow.connection).save(checked(command.calls), command.version)
    uow.record("outreach.emergency_calls.set", "emergency_calls", uow.actor.municipality)
    uow.commit()


def settle_check_in(command: EndCheckIn, uow: UnitOfWork) -> None:
    """Somebody found out that all is well with a worker: the worker, or a coordinator.

    Raises VisitNotFound to anybody else, and AlreadySettled.
    """
    found = CheckIns(uow.connection).get(command.check_in_id, to_change=True)
    if found.account_id != uow.actor.account_id and not uow.actor.has("coordinator"):
        raise VisitNotFound
    end_check_in(found, uow.actor.account_id, clock.now(), command.note, uow)
    uow.commit()


def alarm_overdue_check_ins(house: House, municipality: str) -> None:
    """Tells those whom the town names of each worker whose word did not come, once; each by itself."""
    roles = tuple(house.plugins.hooks_for(municipality).visit_safety(on=clock.today()).alarm_roles)
    now = clock.now()
    with reading(house, SERVICE) as connection:
        late = CheckIns(connection).late(now)
    for one in late:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            found = CheckIns(uow.connection).get(one.id, to_change=True)
            if not found.alarm(now):
                continue
            CheckIns(uow.connection).save(found)
            uow.record("outreach.check_in.alarmed", "check_in", found.id)
            uow.publish(
                events.CheckInOverdue(
                    check_in_id=found.id,
                    visit_id=found.visit_id,
                    account_id=found.account_id,
                    roles=roles,
                )
            )
            uow.commit()
