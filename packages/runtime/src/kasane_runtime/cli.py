"""The command ``kasane``: what an operator can do, one sub-command each."""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_kit.config import Mode, Settings, SettingsError
from kasane_kit.db import RestoreCutOff, is_closed
from kasane_kit.db.tombstones import TombstonesBroken
from kasane_kit.delivery import NotDelivered
from kasane_kit.keys import KeyMissing, SealBroken
from kasane_kit.logs import said
from kasane_kit.plugins import WrongName
from kasane_kit.service import Service
from kasane_kit.strings import Strings
from kasane_kit.tenancy import HOST, UnknownTown
from kasane_runtime import (
    audit_commands,
    backup_commands,
    broker,
    bus_commands,
    databases,
    demo,
    documents,
    key_commands,
    move_commands,
    plugin_commands,
    processes,
    rebuild,
    retention_commands,
)
from kasane_runtime.audit_heads import NotKept
from kasane_runtime.backup_manifest import BackupRefused
from kasane_runtime.commands import closed_town, compose_told, house_of
from kasane_runtime.compose import HOST_SERVICE, compose, load_services
from kasane_runtime.moving import MoveRefused
from kasane_runtime.server import EmbeddedServer
from kasane_runtime.telling import tell

Command = Callable[[argparse.Namespace], int]

DEFAULT_PORT = 8080


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end; what it has in hand is tidied up as after Ctrl+C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status. A wrong setting is one sentence on standard error."""
    tell()
    try:
        options = _parser().parse_args(arguments)
        command: Command = options.command
        with _ending_tidily():
            return command(options)
    except (
        SettingsError,
        UnknownTown,
        WrongName,
        demo.DemoRefused,
        rebuild.RebuildRefused,
        databases.NotMigrated,
        MoveRefused,
        broker.BrokerUnreachable,
        NotDelivered,
        KeyMissing,
        SealBroken,
        NotKept,
        BackupRefused,
        TombstonesBroken,
        RestoreCutOff,
    ) as error:
        print(f"kasane: {error}", file=sys.stderr)
        return 2
    except (DBAPIError, NoFreeConnection) as error:
        if is_closed(error):
            print(f"kasane: {closed_town(getattr(options, 'municipality', ''))}", file=sys.stderr)
            return 2
        print(
            "kasane: データベースが答えないか、表がまだありません。終わっていません。動いているか、"
            "KASANE_DATABASE_URL、kasane migrate が済んでいるかを確かめて、同じ命令をもう一度実行してください。"
            f" / The database did not answer or its tables are missing ({type(error).__name__}); the command did not "
            "end; check that it runs, KASANE_DATABASE_URL and that kasane migrate was run, then run it again",
            file=sys.stderr,
        )
        return 2
    except psycopg.Error as error:
        print(
            "kasane: PostgreSQL が管理者のすることを断ったか、途中で切れました。終わっていません。動いているか、"
            "KASANE_ADMIN_DATABASE_URL とその権限を確かめて、同じ命令をもう一度実行してください。"
            f" / PostgreSQL refused the administrator or went away ({said(error)}); the command did not end; check "
            "that it runs, KASANE_ADMIN_DATABASE_URL and its rights, then run it again",
            file=sys.stderr,
        )
        return 2
    except OSError as error:
        what, why = error.filename or "ファイル / a file", error.strerror or type(error).__name__
        print(
            f"kasane: {what} を読み書きできません（{why}）。終わっていません。"
            "場所、権限、空きを確かめて、同じ命令をもう一度実行してください。"
            " / could not be read or written; the command did not end; check the place, its rights and its "
            "room, then run it again",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt as error:
        print(
            "kasane: 途中で止めました。済んだところまではそのままです。"
            "つづけるには、同じ命令をもう一度実行してください。"
            " / stopped on its way; what was done stays; run the same command again to go on",
            file=sys.stderr,
        )
        return 143 if isinstance(error, Terminated) else 130


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """Lets SIGTERM end a command as Ctrl+C does: nothing plain that it laid down for the time being is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise Terminated


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kasane", description="重ね Kasane")
    commands = parser.add_subparsers(required=True, metavar="command")

    serve = commands.add_parser(
        "serve", help="全サービスを一つのプロセスで動かす / all services in one process"
    )
    _address(serve)
    serve.set_defaults(command=_serve)

    work = commands.add_parser(
        "work", help="一つのサービスの中継と受信 / relay and consumer of one service"
    )
    work.add_argument("service")
    work.set_defaults(command=_work)

    migrate = commands.add_parser("migrate", help="鍵と表を用意する / make keys and tables")
    migrate.add_argument(
        "--expand",
        action="store_true",
        help="前の版が使うものは消さない / take nothing away that the release before uses",
    )
    migrate.set_defaults(command=_migrate)

    restored = commands.add_parser(
        "restored",
        help="バックアップから戻した町の番号を始め直す / after a town was restored from a backup",
    )
    restored.add_argument("municipality")
    restored.set_defaults(command=_restored)

    show_demo = commands.add_parser(
        "demo", help="見本を用意して動かす / prepare and serve the demonstration"
    )
    _address(show_demo)
    show_demo.add_argument(
        "--reset", action="store_true", help="作り直してから動かす / start over, then serve"
    )
    show_demo.add_argument(
        "--reset-only", action="store_true", help="作り直すだけ / start over, do not serve"
    )
    show_demo.set_defaults(command=_demo)

    towns = commands.add_parser("towns", help="町の設定を確かめる / check the towns' files")
    towns.set_defaults(command=_towns)
    move_commands.add_to(towns)

    plugins = commands.add_parser("plugins", help="拡張機能 / plugins")
    plugin_commands = plugins.add_subparsers(required=True, metavar="command")
    plugin_commands.add_parser("list", help="入っているもの / what is installed").set_defaults(
        command=_plugins_list
    )
    new = plugin_commands.add_parser("new", help="ひな形から作る / make one from the template")
    new.add_argument("name")
    new.add_argument("--folder", type=Path, default=Path("plugins"))
    new.set_defaults(command=_plugins_new)
    check = plugin_commands.add_parser(
        "check", help="決まりを守っているか / run the conformance suite"
    )
    check.add_argument("name")
    check.set_defaults(command=_plugins_check)

    account = commands.add_parser("accounts", help="職員の登録 / staff accounts")
    account_commands = account.add_subparsers(required=True, metavar="command")
    create = account_commands.add_parser(
        "create", help="一人登録する（パスワードは標準入力から） / password from stdin"
    )
    create.add_argument("municipality", help="町のコード、または host / code of the town, or host")
    create.add_argument("login_name")
    create.add_argument("display_name")
    create.add_argument("--role", action="append", default=[])
    create.add_argument("--office", default="")
    create.set_defaults(command=_accounts_create)

    audit_commands.add_to(commands)
    key_commands.add_to(commands)
    retention_commands.add_to(commands)
    backup_commands.add_to(commands)
    bus_commands.add_to(commands)

    visits = commands.add_parser("outreach", help="訪問 / visits")
    visit_commands = visits.add_subparsers(required=True, metavar="command")
    plan = visit_commands.add_parser("plan", help="訪問計画を作る / plan a day or a week")
    plan.add_argument("municipality")
    plan.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True)
    plan.add_argument("--days", type=int, default=5)
    plan.add_argument("--workers", default="", help="職員のアカウント（, 区切り） / account ids")
    plan.add_argument("--seconds", type=int, default=20)
    plan.set_defaults(command=_outreach_plan)

    table = commands.add_parser(
        "processes", help="動かすべきプロセスの一覧 / which processes to run"
    )
    table.add_argument("--list", action="store_true")
    table.set_defaults(command=_processes)

    rights = commands.add_parser(
        "rights", help="データベースの権限を調べる / check the rights of the logins"
    )
    rights.set_defaults(command=_rights)

    again = commands.add_parser(
        "rebuild", help="記録から写しを作り直す / make read models again from the logs"
    )
    again.add_argument("service")
    again.add_argument("--town", default="", help="町のコード（なければ全部） / default: all")
    again.add_argument("--start-over", action="store_true", help="途中の写しを使わない / no resume")
    again.set_defaults(command=_rebuild)

    pages = commands.add_parser("docs", help="生成する文書を書き直す / write the generated pages")
    pages.add_argument(
        "--check",
        action="store_true",
        help="違いがあれば失敗する / fail when something is outdated",
    )
    pages.set_defaults(command=_docs)
    return parser


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    # A text default is read like what is typed, so that a wrong KASANE_PORT is one sentence as well.
    port = os.environ.get("KASANE_PORT", str(DEFAULT_PORT))
    parser.add_argument("--port", type=_port, default=port)


def _port(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or not 0 < int(typed) < 65536:
        raise argparse.ArgumentTypeError(
            f"port is {typed!r}; nothing was started; set --port or KASANE_PORT to 1-65535"
        )
    return int(typed)


def _check_free(options: argparse.Namespace) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((options.host, options.port))
        except OSError as error:
            raise SettingsError(
                f"{options.host}:{options.port} で待ち受けられません（{error.strerror}）。何も始めていません。"
                "もう動いていないか確かめるか、KASANE_PORT=8090 make run のように別の番号にしてください。"
            ) from error


def _serve(options: argparse.Namespace) -> int:
    _check_free(options)
    composition = compose_told()
    with demo.not_alone(composition.settings):
        print(f"http://{options.host}:{options.port}/", flush=True)
        EmbeddedServer(composition, options.host, options.port).run()
    return 0


def _work(options: argparse.Namespace) -> int:
    settings = replace(Settings.from_env(), target=options.service)
    if settings.mode is Mode.EMBEDDED:
        raise SettingsError(
            "KASANE_MODE is embedded, where one process does everything; nothing was started; "
            "run kasane serve, or set KASANE_MODE=distributed"
        )
    return processes.work(compose_told(settings), options.service)


def _migrate(options: argparse.Namespace) -> int:
    composition = compose_told()
    databases.migrate(composition, lambda line: print(line, flush=True), expand_only=options.expand)
    if composition.settings.broker_url:
        # Where towns were named there is a queue for each of them, and nobody reads one for all.
        apart = composition.municipalities() if composition.settings.served_towns else ()
        url = composition.settings.broker_url
        for line in broker.run("declare", url, composition.services, apart):
            print(line, flush=True)
    return 0


def _restored(options: argparse.Namespace) -> int:
    composition = house_of(options.municipality)
    for service in composition.services:
        epoch = databases.begin_epoch(composition, service, options.municipality)
        print(f"{options.municipality} {service}: {epoch}")
    return 0


def _demo(options: argparse.Namespace) -> int:
    settings = Settings.from_env()
    if settings.mode is not Mode.EMBEDDED:
        raise demo.DemoRefused(
            "見本は一つのプロセスで動きます。KASANE_MODE を外してください。何も変えていません。"
        )
    with demo.alone(settings):
        if options.reset_only:
            demo.reset(settings)
            print(
                "見本のデータを消しました。次の make run で作り直します。"
                " / The demonstration starts over at the next make run."
            )
            return 0
        _check_free(options)
        if options.reset:
            demo.reset(settings)
        composition = compose_told(replace(settings, served_towns=(HOST, *demo.towns())))
        demo.prepare(composition, lambda line: print(line, flush=True))
        print(demo.welcome(f"http://{options.host}:{options.port}/"), flush=True)
        EmbeddedServer(composition, options.host, options.port).run()
    return 0


def _towns(_options: argparse.Namespace) -> int:
    composition = compose(Settings.from_env())
    for problem in composition.directory.problems:
        print(f"✗ {problem.sentence}")
    wrong = {one.code: one.sentence for one in composition.house.plugins.misconfigured()}
    for town in composition.directory.towns():
        if town.code in wrong:
            print(f"✗ {town.code} {town.name}: {wrong[town.code]}")
        else:
            print(f"○ {town.code} {town.name}: {', '.join(town.plugins) or '—'}")
    return 1 if wrong or composition.directory.problems else 0


def _plugins_list(_options: argparse.Namespace) -> int:
    for line in plugin_commands.listed():
        print(line)
    return 0


def _plugins_new(options: argparse.Namespace) -> int:
    for line in plugin_commands.made(options.name, options.folder):
        print(line)
    return 0


def _plugins_check(options: argparse.Namespace) -> int:
    lines, right = plugin_commands.checked(options.name)
    for line in lines:
        print(line)
    return 0 if right else 1


def _accounts_create(options: argparse.Namespace) -> int:
    composition = house_of(options.municipality)
    password = sys.stdin.readline().rstrip("\n")

    def create() -> None:
        demo.create_account(
            composition,
            options.municipality,
            login_name=options.login_name,
            display_name=options.display_name,
            password=password,
            roles=tuple(options.role),
            office=options.office,
        )

    if not _done(composition.services[HOST_SERVICE], create):
        return 2
    print(f"{options.login_name} を登録しました。")
    return 0


def _outreach_plan(options: argparse.Namespace) -> int:
    composition = house_of(options.municipality, "outreach")
    service = composition.services["outreach"]
    found: list[str] = []

    def plan() -> None:
        run_id = service.commands["plan"](
            composition.house,
            options.municipality,
            starts_on=options.starts_on,
            days=options.days,
            workers=options.workers,
            seconds=options.seconds,
        )
        found.append(f"/outreach/{options.municipality}/plans/{run_id}")

    if not _done(service, plan):
        return 2
    print(f"計画ができました。確かめて決定してください： {found[0]}")
    return 0


def _done(service: Service, work: Callable[[], None]) -> bool:
    """Whether the work was not refused; a refusal is told in its three sentences."""
    try:
        work()
    except service.refusal as refusal:
        code, facts = getattr(refusal, "code", ""), getattr(refusal, "facts", {})
        say = Strings(service.package).text
        for part in ("why", "not_done", "next"):
            print(say(f"refusal.{code}.{part}", **facts), file=sys.stderr)
        return False
    return True


def _rebuild(options: argparse.Namespace) -> int:
    good = rebuild.rebuild_each(
        compose_told(),
        options.service,
        options.town,
        start_over=options.start_over,
        say=lambda line: print(line, flush=True),
    )
    return 0 if good else 1


def _processes(_options: argparse.Namespace) -> int:
    for process in processes.process_table(load_services()):
        print(f"{process.name}: {process.command}")
    return 0


def _rights(_options: argparse.Namespace) -> int:
    deviations = databases.check_rights(compose_told())
    for deviation in deviations:
        print(f"✗ {deviation}")
    return 1 if deviations else 0


def _docs(options: argparse.Namespace) -> int:
    root = Path.cwd()
    services = load_services()
    if not options.check:
        for path in documents.write_documents(root, services):
            print(path)
        return 0
    outdated = documents.outdated_documents(root, services)
    for path in outdated:
        print(
            f"✗ {path} は古くなっています。make docs を実行してください。 / is outdated; run make docs."
        )
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
