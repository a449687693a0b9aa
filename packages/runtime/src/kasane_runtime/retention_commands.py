"""``kasane retention``: what is over, carrying out what two people decided, and looking whether anything is left.

Proposing and confirming are done on the page only, by two people who have just given their password.
"""

import argparse

from kasane_kit.tenancy import municipality_scope
from kasane_runtime.commands import house_of
from kasane_runtime.postgres import vacuum_full
from kasane_runtime.retention import left_over, swept, without_tombstone

JOB = "carry-out-shreddings"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds ``kasane retention`` with its verbs."""
    retention = commands.add_parser(
        "retention",
        help="保存期間の終わり / the end of retention",
        description="消すことの申し出と確かめ、「残しておく」は画面だけです。二人がそれぞれパスワードを入れたと言えるのは画面だけだからです。"
        " / Proposing, confirming and holding are on the pages only: only there have two people given their passwords.",
    )
    verbs = retention.add_subparsers(required=True, metavar="command")
    for name, words, command in (
        ("list", "期間が過ぎたもの、待っているもの / what is over, what waits", _list),
        ("run", "確かめ終えたものを消す / carry out what two people decided", _run),
        ("verify", "消した記録が残っていないか / whether anything is left", _verify),
        (
            "sweep",
            "空いた場所に残る文字を消す / rewrite files so that no freed page speaks",
            _sweep,
        ),
    ):
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("municipality")
        verb.set_defaults(command=command)


def _list(options: argparse.Namespace) -> int:
    composition, town = house_of(options.municipality), options.municipality
    with municipality_scope(town):
        for service in composition.services.values():
            lines = service.commands.get("retention")
            if lines is not None:
                for line in lines(composition.house, town):
                    print(line)
    return 0


def _run(options: argparse.Namespace) -> int:
    composition, town = house_of(options.municipality), options.municipality
    before = len(composition.house.tombstones.all(town))
    with municipality_scope(town):
        for service in composition.services.values():
            for job in service.jobs:
                if job.name == JOB:
                    job.run(composition.house, town)
    made = len(composition.house.tombstones.all(town)) - before
    print(
        f"{town}: {made} 件を消し始めました。ほかのサービスは、ワーカーが出来事を届けると自分の分を消します。"
        " / begun; the other services do their part when their workers hear of it"
    )
    return _list(options)


def _verify(options: argparse.Namespace) -> int:
    composition, town = house_of(options.municipality), options.municipality
    stones = composition.house.tombstones.all(town)
    found = 0
    for stone, service, table, rows in left_over(composition, town):
        found += 1
        print(
            f"✗ {town} {stone.shredding_id}: {service} の {table} に {rows} 行が残っています。kasane retention run か "
            "kasane backup restore をもう一度行ってください。 / rows are left; run it again"
        )
    for shredding_id in without_tombstone(composition, town):
        found += 1
        print(
            f"✗ {town} {shredding_id}: {composition.house.tombstones.folder} に書かれていません。"
            "前の控えを戻すと、この記録は戻ってしまいます。ファイルを写しから戻してください。"
            " / has no tombstone; put the file back from its copy"
        )
    if not found:
        print(
            f"○ {town}: 消した記録 {len(stones)} 件、どのサービスにも読める言葉はありません。"
            " / destroyed records; nothing of them can be read"
        )
    if stones:
        print(
            f"△ 控えのうち {stones[-1].at} より前のものは、町の鍵があるかぎり開きます。"
            "保管の期限が来た控えを消してください。 / backups taken before this moment open as long as the town's key"
            " exists; delete them at the end of their term"
        )
    return 1 if found else 0


def _sweep(options: argparse.Namespace) -> int:
    composition, town = house_of(options.municipality), options.municipality
    if composition.settings.database_url:
        tables = vacuum_full(composition.settings.admin_database_url, town)
        print(f"{town}: {tables} 個の表を書き直しました。 / tables rewritten")
        return 0
    done = list(swept(composition, town))
    print(f"{town}: {'、'.join(done) or '—'} を書き直しました。 / files rewritten")
    return 0
