"""Writes docs/access.md: who may do what with which data, through which address, and in which order it is decided."""

from collections.abc import Iterator

from flask import Flask

from kasane_kit.auth import DataGrade, Permission, Rule, access_of
from kasane_kit.service import Service
from kasane_kit.web.api import API_PREFIX
from kasane_kit.web.town_urls import PREFIX, MunicipalityConverter
from kasane_plugin_api import RoleFunction

YES, NO = "○", "—"
# When each rule decides; a rule is asked only where none above it decided.
RULES = {
    Rule.NO_ACTOR: ("誰も名のっていない / nobody is signed in", NO),
    Rule.OTHER_MUNICIPALITY: ("別の市町村の人 / somebody of another municipality", NO),
    Rule.UNKNOWN_PERMISSION: ("宣言されていない操作 / a permission nobody declared", NO),
    Rule.NO_FUNCTION: ("その役割にない操作 / no function of theirs holds it", NO),
    Rule.ALLOWED_BY_FUNCTION: ("役割だけで足りる操作 / a function is enough for it", YES),
    Rule.ALLOWED_BY_GRANT: (
        "その記録への根拠がある / there is a grant for exactly this object",
        YES,
    ),
    Rule.NO_GRANT: ("その記録への根拠がない / there is no grant for this object", NO),
}
GRADES = {
    DataGrade.SETTING: "設定。人は出ない / how the town works",
    DataGrade.COUNT: "数だけ / numbers over many people",
    DataGrade.STAFF: "職員のこと / those who work in the town",
    DataGrade.DIRECTORY: "団体とサービス / organisations and what they offer",
    DataGrade.PERSONAL: "職員でない人の名前がある / somebody is named who is no member of staff",
    DataGrade.SENSITIVE: "要配慮個人情報、支援を受けていること / a household's hardships, or that it is helped at all",
}
FUNCTIONS = tuple(function.value for function in RoleFunction)


def access_markdown(services: dict[str, Service], generated: str) -> str:
    """docs/access.md."""
    lines = ["# だれが何をできるか / Who may do what", "", generated, ""]
    lines += [
        "## 決める順 / In which order it is decided",
        "",
        "| rule | いつ / when | |",
        "|---|---|---|",
    ]
    lines += [f"| `{rule.value}` | {when} | {mark} |" for rule, (when, mark) in RULES.items()]
    lines += ["", "## データの重さ / Grades of data", "", "| grade | |", "|---|---|"]
    lines += [f"| `{one.value}` | {meaning} |" for one, meaning in GRADES.items()]
    for service in services.values():
        lines += ["", f"## {service.name}", "", *_permissions(service)]
        lines += ["", *_operations(service)]
    return "\n".join(lines) + "\n"


def _permissions(service: Service) -> Iterator[str]:
    heads = ("permission", "data", "見た記録 / traced", "パスワード / password again", *FUNCTIONS)
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for permission in service.permissions:
        cells = (
            f"`{permission.name}`",
            service.data[permission.object_kind].value,
            YES if permission.personal else NO,
            YES if permission.step_up else NO,
            *(YES if function in permission.functions else NO for function in FUNCTIONS),
        )
        yield f"| {' | '.join(cells)} |"


def _operations(service: Service) -> Iterator[str]:
    yield "| operation | permission | data |"
    yield "|---|---|---|"
    app = Flask(service.package, static_folder=None)
    app.url_map.converters["municipality"] = MunicipalityConverter
    for blueprint in service.pages:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    for blueprint in service.front:
        app.register_blueprint(blueprint)
    for api in service.api:
        app.register_blueprint(api, url_prefix=API_PREFIX)
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        access = access_of(app.view_functions[rule.endpoint])
        if access is None:
            continue
        permission = service.permission(access.permission or "")
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        address = rule.rule.replace(PREFIX, "", 1).replace("|", "\\|") or "/"
        yield f"| {methods} `{address}` | {_declared(permission, access.reason)} | {_grade(service, permission)} |"


def _declared(permission: Permission | None, reason: str) -> str:
    return f"`{permission.name}`" if permission else reason


def _grade(service: Service, permission: Permission | None) -> str:
    return service.data[permission.object_kind].value if permission else NO
