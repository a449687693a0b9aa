"""The two doors that change a consultation or a つなぐシート and answer with how it is now."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response
from marshmallow import Schema

from kasane_intake import queries
from kasane_intake.api import schemas
from kasane_intake.domain.consultation import Consultation
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import ApiBlueprint, actor, reading, shown_by, unit_of_work, with_version

Act = Callable[[dict[str, Any], str, UnitOfWork], object]
Door = Callable[[Act], Any]


def changes_consultation(
    blueprint: ApiBlueprint, path: str, permission: str, takes: type[Schema]
) -> Door:
    """PUT ``/consultations/<consultation_id>/<path>`` for who may see the consultation; the act gets its own unit."""

    def door(act: Act) -> Any:
        @blueprint.route(f"/consultations/<consultation_id>/{path}", methods=["PUT"])
        @require(permission, object_argument="consultation_id")
        @blueprint.arguments(takes)
        @blueprint.response(200, schemas.ConsultationSchema)
        @wraps(act)
        def change(payload: dict[str, Any], consultation_id: str) -> Response:
            must_see(consultation_id)
            with unit_of_work() as uow:
                act(payload, consultation_id, uow)
            return consultation(consultation_id)

        return change

    return door


def changes_sheet(blueprint: ApiBlueprint, path: str, permission: str, takes: type[Schema]) -> Door:
    """POST ``/sheets/<sheet_id>/<path>`` for who may see the sheet; the act gets its own unit."""

    def door(act: Act) -> Any:
        @blueprint.route(f"/sheets/<sheet_id>/{path}", methods=["POST"])
        @require(permission, object_argument="sheet_id")
        @blueprint.arguments(takes)
        @blueprint.response(200, schemas.ReferralSheetSchema)
        @wraps(act)
        def change(payload: dict[str, Any], sheet_id: str) -> Response:
            must_see_sheet(sheet_id)
            with unit_of_work() as uow:
                act(payload, sheet_id, uow)
            return sheet(sheet_id)

        return change

    return door


def must_see(consultation_id: str) -> None:
    """Raises ConsultationNotFound unless it is open to whoever asks."""
    with reading() as connection:
        queries.consultation(connection, actor(), consultation_id)


def must_see_sheet(sheet_id: str) -> None:
    """Raises SheetNotFound unless it is open to whoever asks."""
    with reading() as connection:
        queries.sheet(connection, actor(), sheet_id)


def consultation(consultation_id: str, status: int = 200) -> Response:
    """The consultation as it is now, its version as ETag."""
    with reading() as connection:
        found = queries.consultation(connection, actor(), consultation_id)
    return shown(found, status)


def shown(found: Consultation, status: int = 200) -> Response:
    """A consultation of which whoever asks may know everything that it holds, its version as ETag."""
    return with_version(shown_by(schemas.ConsultationSchema, found), found.version, status)


def sheet(sheet_id: str, status: int = 200) -> Response:
    """The つなぐシート as it is now, its version as ETag."""
    with reading() as connection:
        found = queries.sheet(connection, actor(), sheet_id)
    return with_version(shown_by(schemas.ReferralSheetSchema, found), found.version, status)
