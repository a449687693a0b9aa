"""Everything that is done to the house under load, by name; each returns when it has been mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pika

from kasane_contracts.envelope import Envelope
from kasane_kit.bus.messages import CODE_HEADER, write_message
from kasane_kit.bus.topology import EVENTS_EXCHANGE, routing_key
from tests.faults.ground import SERVICES, Ground
from tests.faults.small_house import WRONG_HOURS

Misfortune = Callable[[Ground], None]
SPACIOUS = "900m"
CONSUMER_QUEUES = ("kasane.cases", "kasane.resources")


def consumer_killed(ground: Ground) -> None:
    for _ in range(4):
        ground.some_time(0.3, 1.5)
        ground.kill_and_restart(
            ground.draw.choice(("cases", "resources")), ground.draw.choice((1, 2))
        )


def relay_killed(ground: Ground) -> None:
    for _ in range(4):
        ground.some_time(0.3, 1.5)
        ground.kill_and_restart("intake", ground.draw.choice((1, 2)))


def relays_and_consumers_killed(ground: Ground) -> None:
    for _ in range(10):
        ground.some_time(0.1, 0.8)
        ground.kill_and_restart(ground.draw.choice(SERVICES), ground.draw.choice((1, 2)))


def relay_stands_still(ground: Ground) -> None:
    for number in (1, 2):
        ground.some_time(0.2, 1.0)
        with ground.standing_still(f"intake-{number}"):
            ground.some_time(4.0, 6.0)


def consumer_stands_still(ground: Ground) -> None:
    for service in ("cases", "resources"):
        with ground.standing_still(f"{service}-{ground.draw.choice((1, 2))}"):
            ground.some_time(4.0, 6.0)


def transactions_commit_late(ground: Ground) -> None:
    ground.load.start(5, longest_linger=3.0)
    ground.some_time(6.0, 8.0)


def duplicates_and_disorder(ground: Ground) -> None:
    for _ in range(12):
        ground.some_time(0.1, 0.5)
        said = ground.some_of_the_log(ground.draw.choice(ground.towns()), 40)
        ground.draw.shuffle(said)
        publish(ground, [[one] for one in said[:15]])
        publish(ground, [said[15:]] if said[15:] else [])


def queues_purged(ground: Ground) -> None:
    for _ in range(8):
        ground.some_time(0.2, 0.8)
        with_channel(ground, lambda channel: [channel.queue_purge(one) for one in CONSUMER_QUEUES])


def queues_deleted(ground: Ground) -> None:
    for queue in (*CONSUMER_QUEUES, "kasane.cases"):
        ground.some_time(0.5, 1.5)
        with_channel(ground, lambda channel, one=queue: channel.queue_delete(one))


def broker_stopped(ground: Ground) -> None:
    ground.rabbit.stop()
    ground.some_time(1.0, 3.0)
    ground.rabbit.start()


def broker_killed(ground: Ground) -> None:
    ground.rabbit.kill()
    ground.some_time(0.5, 2.0)
    ground.rabbit.start()


def broker_wiped(ground: Ground) -> None:
    ground.rabbit.wipe()


def database_crashed(ground: Ground) -> None:
    for _ in range(2):
        ground.postgres.crash()
        ground.some_time(0.3, 1.5)
        ground.postgres.start()
        ground.some_time(0.5, 1.5)


def connections_terminated(ground: Ground) -> None:
    for _ in range(5):
        ground.some_time(0.2, 1.0)
        ground.postgres.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname LIKE 'kasane%' AND pid <> pg_backend_pid()"
        )


def line_to_broker_reset(ground: Ground) -> None:
    for _ in range(4):
        ground.some_time(0.3, 1.0)
        ground.broker_line.refusing = True
        ground.broker_line.reset()
        ground.some_time(0.3, 1.5)
        ground.broker_line.mend()


def line_to_database_reset(ground: Ground) -> None:
    for _ in range(4):
        ground.some_time(0.3, 1.0)
        ground.database_line.refusing = True
        ground.database_line.reset()
        ground.some_time(0.3, 1.5)
        ground.database_line.mend()


def line_to_broker_stalled(ground: Ground) -> None:
    ground.broker_line.stalled = True
    ground.some_time(5.0, 7.0)
    ground.broker_line.mend()


def line_to_database_stalled(ground: Ground) -> None:
    ground.database_line.stalled = True
    ground.some_time(4.0, 6.0)
    ground.database_line.mend()


def swallowed_on_the_way_to_the_broker(ground: Ground) -> None:
    ground.broker_line.swallow_to = True
    _end_of_swallowing(ground)


def swallowed_on_the_way_from_the_broker(ground: Ground) -> None:
    ground.broker_line.swallow_from = True
    _end_of_swallowing(ground)


def swallowed_both_ways(ground: Ground) -> None:
    ground.broker_line.swallow_to = ground.broker_line.swallow_from = True
    _end_of_swallowing(ground)


def clocks_an_hour_off(ground: Ground) -> None:
    hours = {"intake": "-1", "cases": "1", "resources": "-1"}
    for service, wrong in hours.items():
        for number in (1, 2):
            ground.kill_and_restart(service, number, **{WRONG_HOURS: wrong})
    ground.some_time(4.0, 6.0)
    for service in hours:
        for number in (1, 2):
            ground.kill_and_restart(service, number)


def broker_out_of_memory(ground: Ground) -> None:
    ground.rabbit.rabbitmqctl("set_vm_memory_high_watermark", "0.00001")
    ground.some_time(5.0, 7.0)
    ground.rabbit.rabbitmqctl("set_vm_memory_high_watermark", "0.4")


def broker_out_of_disk(ground: Ground) -> None:
    ground.rabbit.rabbitmqctl("set_disk_free_limit", "999GB")
    ground.some_time(5.0, 7.0)
    ground.rabbit.rabbitmqctl("set_disk_free_limit", "50MB")


def broker_of_three_killed(ground: Ground) -> None:
    for _ in range(2):
        asked = ground.asked_broker
        asked.kill()
        ground.ask_another_broker(asked)
        ground.some_time(3.0, 5.0)
        asked.start()
        ground.some_time(1.0, 2.0)


def brokers_parted(ground: Ground) -> None:
    for _ in range(2):
        lonely = ground.asked_broker
        others = [one for one in (ground.rabbit, *ground.neighbours) if one is not lonely]
        lonely.part_from(*others)
        ground.some_time(1.0, 3.0)
        ground.ask_another_broker(lonely)
        ground.some_time(4.0, 6.0)
        lonely.meet(*others)
        ground.some_time(2.0, 3.0)


def database_out_of_disk(ground: Ground) -> None:
    if ground.disk is None:
        raise ValueError("this misfortune is played on a small disk")
    for _ in range(2):
        ground.disk.fill()
        ground.some_time(3.0, 5.0)
        # Without room for its log PostgreSQL gives up; an operator makes room and starts it again.
        if ground.postgres.running:
            with suppress(RuntimeError):
                ground.postgres.psql("SELECT pg_switch_wal()")
        ground.some_time(1.0, 2.0)
        ground.disk.set_size(SPACIOUS)
        ground.postgres.start()
        ground.some_time(1.0, 2.0)


MISFORTUNES: dict[str, Misfortune] = {
    one.__name__: one
    for one in (
        consumer_killed,
        relay_killed,
        relays_and_consumers_killed,
        relay_stands_still,
        consumer_stands_still,
        transactions_commit_late,
        duplicates_and_disorder,
        queues_purged,
        queues_deleted,
        broker_stopped,
        broker_killed,
        broker_wiped,
        database_crashed,
        connections_terminated,
        line_to_broker_reset,
        line_to_database_reset,
        line_to_broker_stalled,
        line_to_database_stalled,
        swallowed_on_the_way_to_the_broker,
        swallowed_on_the_way_from_the_broker,
        swallowed_both_ways,
        clocks_an_hour_off,
        broker_out_of_memory,
        broker_out_of_disk,
        broker_of_three_killed,
        brokers_parted,
        database_out_of_disk,
    )
}
ON_A_SMALL_DISK = ("database_out_of_disk",)
ON_THREE_BROKERS = ("broker_of_three_killed", "brokers_parted")


def publish(ground: Ground, messages: Sequence[Sequence[Envelope]]) -> None:
    """Brings true events once more, behind everybody's back."""

    def send(channel: Any) -> None:
        for frame in messages:
            written = write_message(frame, ground.codes)
            properties = pika.BasicProperties(
                content_type="application/json",
                content_encoding="utf-8",
                headers={CODE_HEADER: written.code},
                delivery_mode=pika.DeliveryMode.Persistent,
            )
            channel.basic_publish(EVENTS_EXCHANGE, routing_key(frame), written.body, properties)

    with_channel(ground, send)


def with_channel(ground: Ground, act: Callable[[Any], object]) -> None:
    """Does something to the broker with another client than the house's own."""
    with pika.BlockingConnection(pika.URLParameters(ground.rabbit.url)) as connection:
        act(connection.channel())


def _end_of_swallowing(ground: Ground) -> None:
    ground.some_time(4.0, 6.0)
    # What was swallowed never comes, so nothing but a new connection helps.
    ground.broker_line.reset()
    ground.broker_line.mend()
