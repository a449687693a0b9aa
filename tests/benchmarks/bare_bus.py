"""The ceilings of the bus: bare servers, and the same design written by hand without any safeguard."""

from __future__ import annotations

import hashlib
import hmac
import json
import multiprocessing
import time
from typing import Any

import amqp
import pika
import psycopg

QUEUE = "bare"
FRAME = 100
BATCH = 500
BODY = {"id": "x" * 36, "type": "intake.consultation.closed.v1", "data": {"text": "y" * 240}}


def confirmed_publish(url: str, seconds: float) -> float:
    """Messages a second: pika, persistent, one confirm for each, to a quorum queue."""
    body, done = json.dumps(BODY).encode(), 0
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare("bare-publish", durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            channel.basic_publish("", "bare-publish", body, pika.BasicProperties(delivery_mode=2))
            done += 1
        rate = done / (time.perf_counter() - began)
        channel.queue_delete("bare-publish")
    return rate


def batched_insert(dsn: str, seconds: float) -> float:
    """Rows a second: psycopg, 500 rows a commit."""
    rows, done = [(json.dumps(BODY),)] * BATCH, 0
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bare_rows (id bigserial PRIMARY KEY, body text)")
        connection.commit()
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            cursor.executemany("INSERT INTO bare_rows (body) VALUES (%s)", rows)
            connection.commit()
            done += BATCH
        rate = done / (time.perf_counter() - began)
        cursor.execute("DROP TABLE bare_rows")
    return rate


class BareBus:
    """Outbox, numbers, log, frames with codes, confirms, cursor, batches and acknowledgements, and nothing else.

    Relay and consumer are processes of their own, as ours are; the relay waits once for the frames of a batch, the
    consumer writes all rows of up to five frames in one statement.
    """

    def __init__(self, url: str, dsn: str) -> None:
        """Makes the tables and the queue."""
        self._url, self._dsn = url, dsn
        with psycopg.connect(dsn) as connection:
            for table in (
                "bare_said (drain int PRIMARY KEY)",
                "bare_outbox (id bigserial PRIMARY KEY, body text NOT NULL)",
                "bare_log (sequence bigint PRIMARY KEY, body text NOT NULL)",
                "bare_stream (id int PRIMARY KEY, head bigint, published bigint)",
                "bare_cursor (id int PRIMARY KEY, sequence bigint)",
                "bare_heard (position bigserial PRIMARY KEY, event_id text, consultation_id text)",
            ):
                connection.execute(f"CREATE TABLE {table}")
            connection.execute("INSERT INTO bare_stream VALUES (1, 0, 0)")
            connection.execute("INSERT INTO bare_cursor VALUES (1, 0)")
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            connection.channel().queue_declare(
                QUEUE, durable=True, arguments={"x-queue-type": "quorum"}
            )
        self._drains = 0

    def drain(self, many: int) -> float:
        """Events a second, from the commit of all of them to the commit of the last effect."""
        self._drains += 1
        go, processes = SPAWN.Event(), []
        ready = SPAWN.Barrier(3)
        for target, arguments in ((_relay, ()), (_consume, (many,))):
            processes.append(
                SPAWN.Process(target=target, args=(self._url, self._dsn, ready, go, *arguments))
            )
            processes[-1].start()
        ready.wait(60)
        with psycopg.connect(self._dsn) as connection, connection.cursor() as cursor:
            cursor.execute("TRUNCATE bare_heard")
            connection.commit()
            cursor.execute("INSERT INTO bare_said VALUES (%s)", (self._drains,))
            cursor.executemany(
                "INSERT INTO bare_outbox (body) VALUES (%s)", [(json.dumps(BODY),)] * many
            )
            connection.commit()
            go.set()
            for process in processes:
                process.join()
            row = cursor.execute(TOOK, (self._drains,)).fetchone()
        assert row is not None
        return many / row[0]


TOOK = """SELECT extract(epoch FROM (SELECT max(pg_xact_commit_timestamp(xmin)) FROM bare_heard)
                                  - pg_xact_commit_timestamp(xmin))::float8
          FROM bare_said WHERE drain = %s"""
SPAWN = multiprocessing.get_context("spawn")
KEY = b"k" * 32
FRAMES = 5


def _code(body: bytes) -> str:
    return hmac.new(KEY, body, hashlib.sha256).hexdigest()


def _relay(url: str, dsn: str, ready: Any, go: Any) -> None:
    where = pika.URLParameters(url)
    unconfirmed: set[int] = set()

    def confirmed(tag: int, multiple: bool) -> None:
        unconfirmed.difference_update(
            [one for one in unconfirmed if one <= tag] if multiple else [tag]
        )

    with (
        psycopg.connect(dsn) as database,
        database.cursor() as cursor,
        amqp.Connection(f"{where.host}:{where.port}") as broker,
    ):
        channel, sent = broker.channel(), 0
        channel.confirm_select()
        channel.events["basic_ack"].add(confirmed)
        ready.wait(60)
        go.wait(60)
        while rows := _number(cursor):
            for start in range(0, len(rows), FRAME):
                body = f"[{','.join(body for _, body in rows[start : start + FRAME])}]".encode()
                headers = {"code": _code(body)}
                message = amqp.Message(body, delivery_mode=2, application_headers=headers)
                sent += 1
                unconfirmed.add(sent)
                channel.basic_publish(message, routing_key=QUEUE)
            while unconfirmed:
                broker.drain_events(timeout=10)
            cursor.execute("UPDATE bare_stream SET published = %s", (rows[-1][0],))
            database.commit()


def _number(cursor: psycopg.Cursor[Any]) -> list[tuple[int, str]]:
    waiting = cursor.execute(
        "SELECT id, body FROM bare_outbox ORDER BY id LIMIT %s", (BATCH,)
    ).fetchall()
    if not waiting:
        return []
    row = cursor.execute("SELECT head FROM bare_stream").fetchone()
    assert row is not None
    rows = [
        (row[0] + offset, json.dumps({**json.loads(body), "sequence": row[0] + offset}))
        for offset, (_, body) in enumerate(waiting, start=1)
    ]
    cursor.executemany("INSERT INTO bare_log VALUES (%s, %s)", rows)
    cursor.execute("DELETE FROM bare_outbox WHERE id <= %s", (waiting[-1][0],))
    cursor.execute("UPDATE bare_stream SET head = %s", (rows[-1][0],))
    cursor.connection.commit()
    return rows


def _consume(url: str, dsn: str, ready: Any, _go: Any, many: int) -> None:
    done, hand = 0, []
    with (
        psycopg.connect(dsn) as database,
        database.cursor() as cursor,
        pika.BlockingConnection(pika.URLParameters(url)) as broker,
    ):
        channel = broker.channel()
        channel.basic_qos(prefetch_count=50)
        ready.wait(60)
        for method, properties, body in channel.consume(QUEUE):
            assert hmac.compare_digest(_code(body), properties.headers["code"])
            hand += json.loads(body)
            if len(hand) < FRAMES * FRAME and channel.get_waiting_message_count():
                continue
            row = cursor.execute("SELECT sequence FROM bare_cursor FOR UPDATE").fetchone()
            assert row is not None
            events = [one for one in hand if one["sequence"] > row[0]]
            cursor.executemany(
                "INSERT INTO bare_heard (event_id, consultation_id) VALUES (%s, %s)",
                [(one["id"], one["type"]) for one in events],
            )
            cursor.execute("UPDATE bare_cursor SET sequence = %s", (events[-1]["sequence"],))
            database.commit()
            channel.basic_ack(method.delivery_tag, multiple=True)
            hand = []
            done += len(events)
            if done >= many:
                return
