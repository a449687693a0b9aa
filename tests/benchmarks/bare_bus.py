"""The ceilings of the bus: bare servers, and the same design written by hand without any safeguard."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

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
    """Outbox, numbers, log, frames, confirms, cursor, batches and acknowledgements, and nothing else."""

    def __init__(self, url: str, dsn: str) -> None:
        """Makes the tables and the queue."""
        self._url, self._dsn = url, dsn
        with psycopg.connect(dsn) as connection:
            for table in (
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

    def drain(self, many: int) -> float:
        """Events a second, from the commit of all of them to the commit of the last effect."""
        with psycopg.connect(self._dsn) as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO bare_outbox (body) VALUES (%s)", [(json.dumps(BODY),)] * many
            )
            connection.commit()
        threads = [
            threading.Thread(target=self._relay),
            threading.Thread(target=self._consume, args=(many,)),
        ]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return many / (time.perf_counter() - began)

    def _relay(self) -> None:
        with (
            psycopg.connect(self._dsn) as database,
            database.cursor() as cursor,
            pika.BlockingConnection(pika.URLParameters(self._url)) as broker,
        ):
            channel = broker.channel()
            channel.confirm_delivery()
            while rows := self._number(cursor):
                for start in range(0, len(rows), FRAME):
                    body = f"[{','.join(body for _, body in rows[start : start + FRAME])}]"
                    channel.basic_publish(
                        "", QUEUE, body.encode(), pika.BasicProperties(delivery_mode=2)
                    )
                cursor.execute("UPDATE bare_stream SET published = %s", (rows[-1][0],))
                database.commit()

    @staticmethod
    def _number(cursor: Any) -> list[tuple[int, str]]:
        waiting = cursor.execute(
            "SELECT id, body FROM bare_outbox ORDER BY id LIMIT %s", (BATCH,)
        ).fetchall()
        if not waiting:
            return []
        (head,) = cursor.execute("SELECT head FROM bare_stream").fetchone()
        rows = [
            (head + offset, json.dumps({**json.loads(body), "sequence": head + offset}))
            for offset, (_, body) in enumerate(waiting, start=1)
        ]
        cursor.executemany("INSERT INTO bare_log VALUES (%s, %s)", rows)
        cursor.execute("DELETE FROM bare_outbox WHERE id <= %s", (waiting[-1][0],))
        cursor.execute("UPDATE bare_stream SET head = %s", (rows[-1][0],))
        cursor.connection.commit()
        return rows

    def _consume(self, many: int) -> None:
        done = 0
        with (
            psycopg.connect(self._dsn) as database,
            database.cursor() as cursor,
            pika.BlockingConnection(pika.URLParameters(self._url)) as broker,
        ):
            channel = broker.channel()
            channel.basic_qos(prefetch_count=50)
            for method, _, body in channel.consume(QUEUE):
                (place,) = cursor.execute("SELECT sequence FROM bare_cursor FOR UPDATE").fetchone()
                events = [one for one in json.loads(body) if one["sequence"] > place]
                cursor.executemany(
                    "INSERT INTO bare_heard (event_id, consultation_id) VALUES (%s, %s)",
                    [(one["id"], one["type"]) for one in events],
                )
                cursor.execute("UPDATE bare_cursor SET sequence = %s", (events[-1]["sequence"],))
                database.commit()
                channel.basic_ack(method.delivery_tag)
                done += len(events)
                if done >= many:
                    return
