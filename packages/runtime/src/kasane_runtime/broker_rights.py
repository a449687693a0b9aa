"""What each service may do on RabbitMQ: read its own queues, speak under its own name, and nothing else."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kasane_kit.bus.topology import DEAD_EXCHANGE, EVENTS_EXCHANGE
from kasane_kit.service import Service

NOTHING = "^$"
WATCH = "watch"
"""Who asks how long queues are, as KEDA does by AMQP; that needs no right, and it has none."""


def user_name(service: str, municipality: str = "") -> str:
    """The user as which a service speaks to the broker, in every municipality or in one alone."""
    return "-".join(part for part in ("kasane", service, municipality) if part)


def rights(
    services: Mapping[str, Service], municipality: str = "", virtual_host: str = "/"
) -> dict[str, Any]:
    """The permissions of every service's user in the form that RabbitMQ's import_definitions reads.

    With a municipality they are those of a worker group of its own. Exchanges and the queue of dead letters are made
    by ``kasane broker declare``: who may make an exchange may delete it as well.
    """
    permissions: list[dict[str, Any]] = []
    by_topic: list[dict[str, Any]] = []
    for name, service in sorted(services.items()):
        heard = [one for one in sorted(services) if service.hears_producer(one)]
        user = {"user": user_name(name, municipality), "vhost": virtual_host}
        queue = _queue(name, municipality)
        permissions.append(
            {
                **user,
                "configure": f"^{queue}$",
                # A queue is declared only by who may write to the exchange that takes its dead letters.
                "write": _any(EVENTS_EXCHANGE, DEAD_EXCHANGE, pattern=queue),
                "read": _any(EVENTS_EXCHANGE, pattern=queue),
            }
        )
        where = re.escape(municipality) if municipality else "[^.]+"
        bound = re.escape(municipality) if municipality else r"(\*|[0-9a-z]+)"
        by_topic += [
            {
                **user,
                "exchange": EVENTS_EXCHANGE,
                "write": rf"^{where}\.{name}\.",
                "read": rf"^{bound}\.({'|'.join(heard)})\.#$",
            },
            {**user, "exchange": DEAD_EXCHANGE, "write": NOTHING, "read": NOTHING},
        ]
    if not municipality:
        none = dict.fromkeys(("configure", "write", "read"), NOTHING)
        permissions.append({"user": user_name(WATCH), "vhost": virtual_host, **none})
    return {"permissions": permissions, "topic_permissions": by_topic}


def _queue(service: str, municipality: str) -> str:
    """The pattern of the names of a service's queues."""
    own = re.escape(f"kasane.{service}")
    return rf"{own}\.{re.escape(municipality)}" if municipality else rf"{own}(\.[0-9a-z]+)?"


def _any(*names: str, pattern: str) -> str:
    return f"^({'|'.join([*(re.escape(name) for name in names), pattern])})$"


def user_names(services: Sequence[str], municipality: str = "") -> tuple[str, ...]:
    """Every user that the broker needs for the services."""
    names = tuple(user_name(name, municipality) for name in sorted(services))
    return names if municipality else (*names, user_name(WATCH))
