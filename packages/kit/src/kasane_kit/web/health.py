"""Answers whether the process lives and whether it can serve its towns."""

from flask import Flask, Response, jsonify

from kasane_kit.auth import OpenSessions, public
from kasane_kit.db import MigrationSource, pending_migrations
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import House


def install_health(app: Flask, house: House, service: Service) -> None:
    """``/-/health`` says that the process answers; ``/-/ready`` opens the database of every served town."""

    @app.get("/-/health")
    @public("holds no data")
    def health() -> Response:
        return jsonify(service=service.name, status="alive")

    @app.get("/-/ready")
    @public("holds no data: town codes and words")
    def ready() -> tuple[Response, int]:
        towns = {}
        for town in house.directory.towns():
            with municipality_scope(town.code):
                towns[town.code] = _state(house, service)
        waiting = any(state != "ready" for state in towns.values())
        return jsonify(service=service.name, towns=towns), 503 if waiting else 200


def _state(house: House, service: Service) -> str:
    try:
        with house.databases.reading(service.name) as connection:
            pending = pending_migrations(
                connection, MigrationSource(service.migrations), contract=False
            )
        OpenSessions(house.databases, service.name).find("-" * 43)
    except Exception as error:
        return f"unavailable: {type(error).__name__}"
    return "ready" if not pending else "migrations wait"
