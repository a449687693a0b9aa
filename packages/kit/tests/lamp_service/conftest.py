"""Gives tests of the kit a service that is about nothing but lamps, so that no real service is needed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, redirect, render_template_string, request, url_for
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update

from kasane_contracts.cases import CaseOpened
from kasane_kit.auth import DataGrade, Permission, public, require
from kasane_kit.service import Service
from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Form,
    Page,
    Refusal,
    actor,
    asked_version,
    create_once,
    page_size,
    read_cursor,
    reading,
    text,
    this_town,
    unit_of_work,
    with_version,
)
from kasane_plugin_api import FieldKind, FieldSpec

lamp = Table(
    "lamps_lamp",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("watts", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)

MIGRATION = '''"""Makes the table of lamps."""

import sqlalchemy as sa
from alembic import op

revision = "l0001"
down_revision = None
branch_labels = ("lamps",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "lamps_lamp",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("watts", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
'''
JAPANESE = """
[refusal.lamp_is_hot]
why = "{name}は熱いので触れません。"
not_done = "消していません。"
next = "冷めるまで待ってください。"
"""
ENGLISH = """
[refusal.lamp_is_hot]
why = "{name} is too hot to touch."
not_done = "It was not put out."
next = "Wait until it is cold."
"""


class LampRefusal(Exception):
    """A lamp does not allow it."""

    code = "lamp_is_hot"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class LampSchema(Schema):
    """A lamp as a program sends it."""

    class Meta:
        unknown = RAISE

    name = fields.String(required=True, validate=validate.Length(min=1, max=60))
    watts = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1000))


pages = Blueprint("lamps", __name__)
api = ApiBlueprint("lamps_api", __name__, description="lamps")


@pages.get("/lamps")
@require("lamps.lamp.list")
def list_lamps() -> str:
    """The names of all lamps, with a form."""
    with reading() as connection:
        names = list(connection.scalars(select(lamp.c.name).order_by(lamp.c.id)))
    return render_template_string(
        "<title>灯</title>{{ town.name }} {{ names|join('、') }} "
        "<form method=post><input name=csrf_token value={{ csrf_token() }}></form>",
        names=names,
    )


@pages.post("/lamps")
@require("lamps.lamp.light")
def light_lamp() -> Any:
    """Makes a lamp from a form."""
    form = Form(
        (
            FieldSpec("name", "名前", required=True),
            FieldSpec("watts", "ワット", FieldKind.INTEGER, True),
        )
    )
    if not form.check(request.form, text):
        return render_template_string("{{ errors }}", errors=form.errors), 422
    made = create_once(lambda uow, new: make(uow, new, form.values["name"], form.values["watts"]))
    return redirect(url_for(".show_lamp", lamp_id=made), 303)


@pages.get("/lamps/<lamp_id>")
@require("lamps.lamp.read", object_argument="lamp_id")
def show_lamp(lamp_id: str) -> str:
    """One lamp."""
    return render_template_string("{{ name }}", name=found(lamp_id).name)


@pages.post("/lamps/<lamp_id>/touch")
@require("lamps.lamp.light", object_argument="lamp_id")
def touch_lamp(lamp_id: str) -> Any:
    """Refused by the domain: lamps are hot."""
    raise LampRefusal(name=found(lamp_id).name)


@pages.post("/lamps/<lamp_id>/rename")
@require("lamps.lamp.rename", object_argument="lamp_id")
def rename_lamp(lamp_id: str) -> Any:
    """Shows the lamp once more where no name was typed, and beside another name; its own is refused."""
    form = Form((FieldSpec("name", "名前", required=True),))
    name = found(lamp_id).name
    if not form.check(request.form, text):
        return render_template_string("{{ name }}", name=name), 422
    if form.values["name"] == name:
        raise LampRefusal(name=name)
    return render_template_string("{{ name }}", name=name)


@pages.route("/boom", methods=["GET", "POST"])
@require("lamps.lamp.light")
def boom() -> Any:
    """Fails in a way nobody foresaw."""
    raise ZeroDivisionError("canary-in-the-message")


@pages.get("/town")
@require("lamps.lamp.light")
def town() -> str:
    """Which town the request is about, and who asks."""
    return f"{this_town().code} {actor().municipality}"


@pages.route("/door", methods=["GET", "POST"])
@public("the door of the lamp shop is open to all")
def door() -> str:
    """A public form."""
    return render_template_string("<input name=csrf_token value={{ csrf_token() }}>")


@api.route("/lamps", methods=["GET"])
@require("lamps.lamp.list")
def get_lamps() -> Any:
    """Lamps by id, page by page."""
    place, most = read_cursor(1), page_size()
    statement = select(lamp).order_by(lamp.c.id).limit(most + 1)
    if place:
        statement = statement.where(lamp.c.id > place[0])
    with reading() as connection:
        rows = connection.execute(statement).all()
    page = Page.of(rows, most, lambda row: (row.id,))
    return {"items": [row.name for row in page.items], "next_cursor": page.next_cursor}


@api.route("/lamp-names", methods=["GET"])
@require("lamps.lamp.list")
def get_names() -> Any:
    """Another list with a cursor of its own."""
    return {"place": read_cursor(1)}


@api.route("/lamps", methods=["POST"])
@require("lamps.lamp.light")
@api.arguments(LampSchema)
def post_lamp(payload: dict[str, Any]) -> Any:
    """Makes a lamp."""
    made = create_once(lambda uow, new: make(uow, new, payload["name"], payload["watts"]))
    return with_version({"id": made}, found(made).version, 201)


@api.route("/lamps/<lamp_id>", methods=["GET"])
@require("lamps.lamp.read", object_argument="lamp_id")
def get_lamp(lamp_id: str) -> Any:
    """One lamp with its version."""
    row = found(lamp_id)
    return with_version({"name": row.name, "watts": row.watts}, row.version)


@api.route("/lamps/<lamp_id>", methods=["PUT"])
@require("lamps.lamp.light", object_argument="lamp_id")
@api.arguments(LampSchema)
def put_lamp(payload: dict[str, Any], lamp_id: str) -> Any:
    """Changes a lamp that the caller has read."""
    version = asked_version()
    with unit_of_work() as uow:
        saved = uow.connection.execute(
            update(lamp)
            .where(lamp.c.id == lamp_id, lamp.c.version == version)
            .values(**payload, version=version + 1)
        )
        if saved.rowcount != 1:
            raise Refusal("changed_meanwhile", 412)
        uow.record("lamps.lamp.changed", "lamp", lamp_id)
        uow.commit()
    return with_version({"id": lamp_id}, version + 1)


@api.route("/lamps/<lamp_id>/touch", methods=["POST"])
@require("lamps.lamp.light", object_argument="lamp_id")
def api_touch(lamp_id: str) -> Any:
    """Refused by the domain."""
    raise LampRefusal(name=found(lamp_id).name)


@api.route("/boom", methods=["GET"])
@require("lamps.lamp.light")
def api_boom() -> Any:
    """Fails in a way nobody foresaw."""
    raise ZeroDivisionError("canary-in-the-message")


def make(uow: UnitOfWork, lamp_id: str, name: str, watts: int) -> None:
    """Saves a lamp and its trace in one transaction."""
    uow.connection.execute(insert(lamp).values(id=lamp_id, name=name, watts=watts, version=1))
    uow.record("lamps.lamp.lit", "lamp", lamp_id)
    uow.commit()


def found(lamp_id: str) -> Any:
    """The row; raises Refusal when there is none."""
    with reading() as connection:
        row = connection.execute(select(lamp).where(lamp.c.id == lamp_id)).one_or_none()
    if row is None:
        raise Refusal("not_found", 404)
    return row


def hear_nothing(_event: Any, _uow: UnitOfWork, _hooks: Any) -> None:
    """Hears and does nothing."""


LIGHTERS = frozenset({"receiver"})
READERS = LIGHTERS | {"coordinator"}


@pytest.fixture(scope="session")
def lamp_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the lamp service on disk: strings, a script and a migration."""
    root = tmp_path_factory.mktemp("packages") / "kasane_lamps"
    texts = {
        "__init__.py": "",
        "migrations/versions/l0001_lamps.py": MIGRATION,
        "strings/ja.toml": JAPANESE,
        "strings/en.toml": ENGLISH,
        "static/lamps/lamp.js": "// a lamp\n",
    }
    for name, content in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    return root


@pytest.fixture(scope="session")
def lamp_service(lamp_folder: Path) -> Iterator[Callable[..., Service]]:
    """A function that makes the lamp service, with changes."""

    def make_service(**changes: Any) -> Service:
        given: dict[str, Any] = {
            "name": "lamps",
            "package": "kasane_lamps",
            "root": lamp_folder,
            "pages": (pages,),
            "api": (api,),
            "permissions": (
                Permission("lamps.lamp.light", "lamps.lamp.lit", LIGHTERS, "lamp", False),
                Permission("lamps.lamp.read", "lamps.lamp.read", READERS, "lamp"),
                Permission("lamps.lamp.rename", "lamps.lamp.renamed", LIGHTERS, "lamp"),
                Permission("lamps.lamp.list", "lamps.lamp.listed", READERS, "lamp", False),
            ),
            "says": (),
            "hears": {CaseOpened: hear_nothing},
            "tables": ("lamps_lamp",),
            "data": {"lamp": DataGrade.SETTING},
            "refusal": LampRefusal,
        }
        return Service(**{**given, **changes})

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(lamp_folder.parent)
        yield make_service


@pytest.fixture
def lamps(lamp_service: Callable[..., Service], tmp_path: Path) -> Iterator[Workbench]:
    """The lamp service on a bench."""
    bench = build_workbench(lamp_service(), tmp_path / "bench")
    yield bench
    bench.house.databases.dispose()


@pytest.fixture
def lamp_rows() -> Callable[[Workbench], list[tuple[str, int]]]:
    """A function that shows the lamps of a bench: name and watts."""

    def rows(bench: Workbench) -> list[tuple[str, int]]:
        with bench.reading() as connection:
            return [
                (row.name, row.watts)
                for row in connection.execute(select(lamp).order_by(lamp.c.name))
            ]

    return rows


@pytest.fixture
def light() -> Callable[[UnitOfWork, str], None]:
    """A function that saves a lamp in an open unit of work, without commit."""

    def save(uow: UnitOfWork, name: str) -> None:
        uow.connection.execute(insert(lamp).values(id=name, name=name, watts=40, version=1))

    return save
