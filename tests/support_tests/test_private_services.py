"""Proves that the private servers and the browser do what the other tests rely on."""

from __future__ import annotations

import socket

import kombu
import pika
import playwright.sync_api
import psycopg
import pytest
import pytest_socket
from playwright.sync_api import Browser, Page

from tests.support.chromium import axe
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

PERSISTENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)


def committed_rows(server: PrivatePostgres, table: str) -> list[str]:
    with psycopg.connect(server.dsn) as connection:
        return [row[0] for row in connection.execute(f"select note from {table} order by note")]


def test_postgres_keeps_a_committed_row_over_stop_crash_and_start(
    private_postgres: PrivatePostgres,
) -> None:
    private_postgres.psql("drop table if exists kept; create table kept (note text)")
    with psycopg.connect(private_postgres.dsn) as connection:
        connection.execute("insert into kept values ('委員会の記録')")
        connection.commit()
        connection.execute("insert into kept values ('never committed')")

        private_postgres.crash()

        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    assert not private_postgres.running
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        psycopg.connect(private_postgres.dsn)

    private_postgres.start()

    assert committed_rows(private_postgres, "kept") == ["委員会の記録"]

    private_postgres.stop()
    private_postgres.start()

    assert committed_rows(private_postgres, "kept") == ["委員会の記録"]


def test_psql_returns_rows_as_lines_and_says_what_failed(private_postgres: PrivatePostgres) -> None:
    rows = private_postgres.psql("select 1, 'ア'; select 2, 'イ'")

    assert rows == "1|ア\n2|イ"
    with pytest.raises(RuntimeError, match='relation "nowhere" does not exist'):
        private_postgres.psql("select * from nowhere")


@pytest.mark.xdist_group("a postgres left stopped")
def test_a_postgres_left_stopped_by_one_test(private_postgres: PrivatePostgres) -> None:
    private_postgres.stop()

    assert not private_postgres.running


@pytest.mark.xdist_group("a postgres left stopped")
def test_is_running_again_for_the_next(private_postgres: PrivatePostgres) -> None:
    assert private_postgres.psql("select 1") == "1"


def declare(channel: pika.adapters.blocking_connection.BlockingChannel, queue: str) -> int:
    """Declare a durable quorum queue and return how many messages wait in it."""
    declared = channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    return int(declared.method.message_count)


def publish_confirmed(broker: PrivateRabbit, queue: str, body: bytes) -> None:
    """Return only when the broker has confirmed a persistent message."""
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        declare(channel, queue)
        channel.basic_publish("", queue, body, PERSISTENT, mandatory=True)


def take(broker: PrivateRabbit, queue: str) -> bytes | None:
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        declare(channel, queue)
        return channel.basic_get(queue, auto_ack=True)[2]


def test_rabbitmq_keeps_a_confirmed_message_over_kill_and_loses_it_by_wipe(
    private_rabbitmq: PrivateRabbit,
) -> None:
    publish_confirmed(private_rabbitmq, "kept", "訪問の記録".encode())

    private_rabbitmq.kill()

    assert not private_rabbitmq.running
    private_rabbitmq.start()
    assert take(private_rabbitmq, "kept") == "訪問の記録".encode()

    publish_confirmed(private_rabbitmq, "kept", b"lost with the disk")
    private_rabbitmq.wipe()

    assert private_rabbitmq.rabbitmqctl("list_queues", "name") == ""
    assert take(private_rabbitmq, "kept") is None


def test_a_rabbitmq_left_stopped_by_one_test(private_rabbitmq: PrivateRabbit) -> None:
    private_rabbitmq.stop()

    assert not private_rabbitmq.running


def test_is_running_again_with_its_own_name_for_the_next(private_rabbitmq: PrivateRabbit) -> None:
    assert private_rabbitmq.rabbitmqctl("eval", "node().") == f"'{private_rabbitmq.node}'"


def test_rabbitmqctl_says_what_the_broker_refused(private_rabbitmq: PrivateRabbit) -> None:
    with pytest.raises(RuntimeError, match=r'"nobody" does not exist'):
        private_rabbitmq.rabbitmqctl("delete_user", "nobody")


def test_kombu_and_pika_read_the_same_address(private_rabbitmq: PrivateRabbit) -> None:
    publish_confirmed(private_rabbitmq, "read", "同じ宛先".encode())

    with (
        kombu.Connection(private_rabbitmq.url) as connection,
        connection.channel() as channel,
    ):
        message = channel.basic_get("read", no_ack=True)

    assert message.body == "同じ宛先".encode()


GLYPHS = """
([first, second]) => {
  const drawn = (letter) => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 60, height: 60});
    const pen = canvas.getContext('2d');
    pen.font = '48px sans-serif';
    pen.fillText(letter, 4, 50);
    return canvas.toDataURL();
  };
  return [drawn(first), drawn(second), drawn('\\u{10FFFF}')];
}
"""


def test_chromium_renders_japanese(desktop_page: Page) -> None:
    desktop_page.set_content("<html lang=ja><title>相談受付</title><h1>髙﨑さんの相談</h1></html>")

    glyphs = desktop_page.evaluate(GLYPHS, ["髙", "﨑"])

    assert desktop_page.title() == "相談受付"
    assert desktop_page.get_by_role("heading").inner_text() == "髙﨑さんの相談"
    assert len(set(glyphs)) == 3, "two letters or a missing one look the same: no Japanese font"


def test_axe_finds_a_picture_without_words(desktop_page: Page) -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
    page = (
        "<html lang=ja><title>つなぐシート</title><main><h1>図</h1><img src={0} {1}></main></html>"
    )

    desktop_page.set_content(page.format(pixel, ""))
    assert [violation["id"] for violation in axe(desktop_page)] == ["image-alt"]

    desktop_page.set_content(page.format(pixel, "alt=支援の流れ"))
    assert axe(desktop_page) == []


def test_axe_works_under_a_strict_content_security_policy(desktop_page: Page) -> None:
    policy = "default-src 'none'; script-src 'self'; style-src 'self'"
    answer = "<html lang=ja><title>入口</title><main><h1>入口</h1><img src=a.gif></main></html>"
    desktop_page.route(
        "http://127.0.0.1/",
        lambda route: route.fulfill(
            body=answer,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy},
        ),
    )

    desktop_page.goto("http://127.0.0.1/")

    assert [violation["id"] for violation in axe(desktop_page)] == ["image-alt"]


WINDOW = """() => [innerWidth, innerHeight, navigator.maxTouchPoints > 0, navigator.language,
                   Intl.DateTimeFormat().resolvedOptions().timeZone]"""


def test_a_desktop_and_a_phone_are_as_described(desktop_page: Page, phone_page: Page) -> None:
    assert desktop_page.evaluate(WINDOW) == [1280, 900, False, "ja-JP", "Asia/Tokyo"]
    phone_page.set_content("<meta name=viewport content='width=device-width'>")
    assert phone_page.evaluate(WINDOW) == [390, 844, True, "ja-JP", "Asia/Tokyo"]


def test_pages_share_no_cookies(chromium: Browser, desktop_page: Page, phone_page: Page) -> None:
    desktop_page.context.add_cookies([{"name": "session", "value": "1", "url": "http://127.0.0.1"}])

    assert phone_page.context.cookies() == []
    assert len(chromium.contexts) == 2


def test_the_browser_reaches_no_other_machine(desktop_page: Page) -> None:
    with pytest.raises(playwright.sync_api.Error, match="ERR_NAME_NOT_RESOLVED"):
        desktop_page.goto("http://kasane.example/")


@pytest.mark.postgresql
def test_a_marked_test_reaches_this_machine_only() -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    with pytest.raises(pytest_socket.SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 9), timeout=1)


def test_an_unmarked_test_opens_no_socket() -> None:
    with pytest.raises(pytest_socket.SocketBlockedError):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
