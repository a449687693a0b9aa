"""The move of one town: nine steps, each of which may be cut off anywhere and be taken again."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlalchemy import func, select

from kasane_kit import audit
from kasane_kit.bus import outbox, parcels, tables
from kasane_kit.db import BarrierState, MigrationSource, pending_migrations
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_runtime import databases
from kasane_runtime.compose import Composition
from kasane_runtime.moving.postgres_side import (
    PostgresTown,
    copy_counters,
    copy_difference,
    copy_everything,
)
from kasane_runtime.moving.shape import Table, TownSide, numbers_of_log
from kasane_runtime.moving.sqlite_side import SqliteTown, copy_files
from kasane_runtime.moving.steps import Journal, MoveRefused, Step, alone

Say = Callable[[str], None]
SAID = {
    Step.PREPARE: "移し先を用意して確かめました / the target is ready",
    Step.COPY: "動かしたまま写しました / copied while it works",
    Step.CLOSE: "書き込みを閉じました。見ることと書きかけは続きます / closed for writing; looking and drafts go on",
    Step.DIFFERENCE: "そのあいだの違いを写しました / copied what had changed meanwhile",
    Step.SEAL: "足跡と記録も閉じました / the trail and the log are closed too",
    Step.REST: "残りを写しました / copied the rest",
    Step.VERIFY: "行の数と合計、番号、監査記録を確かめました / rows, numbers and trail are the same",
    Step.LEAVE: "移し元は新しい住所を案内します。もう戻せません / the source names the new address; no way back",
    Step.OPEN: "移し先を開きました / the target is open",
}


class Move:
    """Moves a town from one installation to another; ``run`` goes on where an earlier run was cut off."""

    def __init__(
        self, source: Composition, target: Composition, town: str, address: str, journal: Path
    ) -> None:
        self._source = source
        self._target = target
        self._town = town
        self._address = address.rstrip("/")
        self._path = journal
        self._services = tuple(source.services)
        self._from = _side(source, town)
        self._to = _side(target, town)

    def run(self, say: Say = lambda _line: None) -> Journal:
        """Takes every step that is left. Raises MoveRefused; the steps that were done stay done."""
        self._check_places()
        with alone(self._path):
            try:
                journal = Journal.read(self._path, self._town, self._address)
                for step in Step:
                    if step.value not in journal.done:
                        self._take(step, journal)
                        journal.done.append(step.value)
                        journal.write(self._path)
                        say(f"{len(journal.done)}/{len(Step)} {SAID[step]}")
                    if step is Step.PREPARE and (waiting := self._waiting_parcels()):
                        say(
                            f"△ 小包 {waiting} 個が町から出ていく途中です。届け先の町が移し先にないと、そこで待ちます。"
                            f" / {waiting} parcels are under way; they wait until their towns are at the target"
                        )
                closed, sealed = seconds_closed(journal)
                say(
                    f"○ {self._town}: 書けなかった時間 {closed:.1f} 秒、見られなかった時間 {sealed:.1f} 秒"
                    f" / closed for writing {closed:.1f} s, for looking {sealed:.1f} s;"
                    f" {journal.rows} rows, {journal.again} after closing"
                )
                return journal
            finally:
                self._end()

    def abort(self, say: Say = lambda _line: None) -> None:
        """Opens the source again and forgets the move; the target stays shut. Raises MoveRefused after LEAVE."""
        with alone(self._path):
            try:
                barrier = self._from.barrier()
                if barrier.state is BarrierState.MOVED:
                    raise MoveRefused(
                        f"{self._town} はもう {barrier.address} にあります。何も変えていません。"
                        "続きを終えるには kasane towns move を、戻すには向こうからの move を実行してください。"
                        f" / {self._town} is at {barrier.address} already; nothing was changed;"
                        " finish the move, or move it back"
                    )
                self._from.open()
                if self._to.exists() and self._to.barrier().state is not BarrierState.OPEN:
                    self._to.close("", entirely=True, seize=True)
                self._path.unlink(missing_ok=True)
                say(
                    f"○ {self._town}: 移し元を開きました。移動をやめました。 / the source is open; not moved"
                )
            finally:
                self._end()

    def _end(self) -> None:
        self._from.end()
        self._to.end()

    # The steps

    def _take(self, step: Step, journal: Journal) -> None:
        taken: dict[Step, Callable[[Journal], None]] = {
            Step.PREPARE: self._prepare,
            Step.COPY: self._copy,
            Step.CLOSE: self._close,
            Step.DIFFERENCE: self._difference,
            Step.SEAL: self._seal,
            Step.REST: self._rest,
            Step.VERIFY: self._verify,
            Step.LEAVE: self._leave,
            Step.OPEN: self._open,
        }
        taken[step](journal)

    def _prepare(self, journal: Journal) -> None:
        self._refuse_if(self._problems(journal))
        # What is broken already is found before anything is closed.
        self._refuse_if(self._broken_trails(self._source))
        # Written before anything is: the name of the move must outlive a kill.
        journal.write(self._path)
        databases.migrate_one(self._target, self._town)
        barrier = self._to.barrier()
        if isinstance(self._to, PostgresTown) and not self._to.may_copy():
            self._refuse_if(
                [
                    "移し先の KASANE_ADMIN_DATABASE_URL は superuser にしてください。"
                    " / the target's administrator must be a superuser while rows are copied"
                ]
            )
        if barrier.state is BarrierState.OPEN and self._to.holds_anything():
            self._refuse_if(
                [
                    f"移し先で {self._town} がもう使われています。上書きはしません。"
                    " / the town is in use at the target; it is not written over"
                ]
            )
        self._refuse_if(self._differences_of_shape())
        self._to.close(journal.id, entirely=True, seize=True)
        self._from.claim(journal.id)

    def _copy(self, journal: Journal) -> None:
        if isinstance(self._from, PostgresTown) and isinstance(self._to, PostgresTown):
            journal.rows = copy_everything(self._from, self._to)

    def _close(self, journal: Journal) -> None:
        journal.moments.setdefault("closed", time.time())
        journal.write(self._path)
        self._from.close(journal.id, entirely=False)

    def _difference(self, journal: Journal) -> None:
        quiet = [table for table in self._from.tables() if not table.still_written]
        if isinstance(self._from, PostgresTown) and isinstance(self._to, PostgresTown):
            journal.again = copy_difference(self._from, self._to, quiet)
            self._compare(quiet)

    def _seal(self, journal: Journal) -> None:
        journal.moments.setdefault("sealed", time.time())
        journal.write(self._path)
        self._from.close(journal.id, entirely=True)

    def _rest(self, journal: Journal) -> None:
        if isinstance(self._from, PostgresTown) and isinstance(self._to, PostgresTown):
            late = [table for table in self._from.tables() if table.still_written]
            journal.again += copy_difference(self._from, self._to, late)
            copy_counters(self._from, self._to, self._services)
        elif isinstance(self._from, SqliteTown) and isinstance(self._to, SqliteTown):
            journal.rows = copy_files(self._from, self._to, self._services)

    def _verify(self, _journal: Journal) -> None:
        # What was closed first was compared while people still looked.
        late = isinstance(self._from, PostgresTown)
        self._compare(table for table in self._from.tables() if table.still_written or not late)
        self._refuse_if(self._broken_trails(self._target))
        with municipality_scope(self._town):
            for service in self._services:
                with self._target.house.databases.reading(service) as connection:
                    log = tables.event_log.c
                    rows = connection.execute(
                        select(log.epoch, func.count(), func.max(log.sequence)).group_by(log.epoch)
                    ).all()
                    heads = {head.epoch: head.sequence for head in outbox.heads(connection)}
                    found = numbers_of_log([(row[0], row[1], row[2]) for row in rows], heads)
                    self._refuse_if([f"{service}: {sentence}" for sentence in found])

    def _leave(self, journal: Journal) -> None:
        self._from.leave(journal.id, journal.address)

    def _open(self, journal: Journal) -> None:
        self._to.open()
        journal.moments.setdefault("opened", time.time())

    # What is asked before and after

    def _check_places(self) -> None:
        for composition, where in ((self._source, "移し元"), (self._target, "移し先")):
            try:
                composition.directory.get(self._town)
            except UnknownTown:
                self._refuse_if(
                    [
                        f"{where}の町のファイルに {self._town} がありません。町のファイルを置いてください。"
                        f" / the town file of {self._town} is missing at one side"
                    ]
                )
        if self._from.kind != self._to.kind:
            self._refuse_if(
                [
                    f"{self._from.kind} から {self._to.kind} へは移せません。同じ種類のデータベースにしてください。"
                    " / both sides must have the same kind of database"
                ]
            )
        if not self._address.startswith(("https://", "http://")) or len(self._address) > 200:
            self._refuse_if(
                [
                    f"新しい住所 {self._address!r} は https:// で始めてください。"
                    " / the new address begins with https://"
                ]
            )

    def _problems(self, journal: Journal) -> list[str]:
        """Why the move does not begin; empty when nothing speaks against it."""
        found = []
        try:
            mine, theirs = (
                side.house.keys.derived(self._town, "audit")
                for side in (self._source, self._target)
            )
            if mine != theirs:
                found.append(
                    f"移し先の鍵 {self._town}.key が移し元と違います。移し元の鍵を安全な方法で写してください。"
                    " / the target has another key for the town"
                )
        except KeyMissing as error:
            found.append(
                f"町の鍵がありません（{error}）。"
                f"移し元の {self._town}.key を、移し先の鍵のフォルダーへ安全な方法で写してください。"
                " / put the town's key into the target's folder of keys"
            )
        else:
            found += self._versions_not_there()
        here, there = (side.directory.get(self._town) for side in (self._source, self._target))
        if (here.plugins, here.settings) != (there.plugins, there.settings):
            found.append(
                f"拡張機能か設定が違います：移し元 {', '.join(here.plugins)}、移し先 {', '.join(there.plugins)}。"
                "町のファイルを同じにしてください。 / plugins or their settings differ; make the town files the same"
            )
        if self._target.house.plugins.misconfigured() and any(
            one.code == self._town for one in self._target.house.plugins.misconfigured()
        ):
            found.append(
                "移し先で町の拡張機能が動きません。kasane towns で確かめてください。"
                " / the town's plugins do not work at the target"
            )
        if not self._from.exists() or self._pending():
            found.append(
                "移し元の表が新しくありません。移し元で kasane migrate を実行してください。"
                " / bring the source up to date with kasane migrate"
            )
            return found
        barrier = self._from.barrier()
        if barrier.state is not BarrierState.OPEN or barrier.held_by not in ("", journal.id):
            found.append(
                f"{self._town} の門は {barrier.state} です（{barrier.held_by or barrier.address}）。"
                "途中の移動を続けるか abort してください。"
                " / the town is already being moved or has gone"
            )
        return found

    def _versions_not_there(self) -> Iterator[str]:
        """The later versions of the town's key that the target has not got, or has with other bytes."""
        mine, theirs = self._source.house.keys, self._target.house.keys
        later = re.compile(rf"{re.escape(self._town)}v[1-9][0-9]*")
        for name in filter(later.fullmatch, mine.names()):
            try:
                same = mine.derived(name, "audit") == theirs.derived(name, "audit")
            except KeyMissing as error:
                yield (
                    f"鍵の世代がそろいません（{error}）。"
                    f"移し元の {name}.key を、移し先の鍵のフォルダーへ安全な方法で写してください。"
                    " / put every version of the town's key into the target's folder of keys"
                )
            else:
                if not same:
                    yield (
                        f"移し先の鍵 {name}.key が移し元と違います。移し元の鍵を安全な方法で写してください。"
                        " / the target has another key for this version"
                    )

    def _broken_trails(self, composition: Composition) -> list[str]:
        found = []
        with municipality_scope(self._town):
            key = composition.house.keys.derived(self._town, "audit")
            for service in self._services:
                with composition.house.databases.reading(service) as connection:
                    broken = audit.verify(connection, key)
                if broken is not None:
                    found.append(f"{service}: {broken.sentence}")
        return found

    def _pending(self) -> bool:
        with municipality_scope(self._town):
            for name, service in self._source.services.items():
                with self._source.house.databases.reading(name) as connection:
                    if pending_migrations(connection, MigrationSource(service.migrations)):
                        return True
        return False

    def _differences_of_shape(self) -> list[str]:
        here, there = set(self._from.tables()), set(self._to.tables())
        return [
            f"表の形が違います：{table.service}.{table.name}。両方を同じ版にしてください。"
            f" / the table {table.service}.{table.name} is not the same at both sides"
            for table in sorted(here ^ there, key=lambda one: (one.service, one.name))
        ][:1]

    def _compare(self, tables_: Iterable[Table]) -> None:
        for table in tables_:
            here, there = self._from.fingerprint(table), self._to.fingerprint(table)
            if here != there:
                self._refuse_if(
                    [
                        f"{table.service}.{table.name} が同じになりません（{here[0]} 行と {there[0]} 行）。"
                        f" / {table.service}.{table.name} is not the same at both sides"
                    ]
                )

    def _waiting_parcels(self) -> int:
        with municipality_scope(self._town):
            total = 0
            for name, service in self._source.services.items():
                if service.parcels:
                    with self._source.house.databases.reading(name) as connection:
                        total += len(parcels.waiting(connection, self._town))
        return total

    def _refuse_if(self, problems: list[str]) -> None:
        if problems:
            raise MoveRefused(
                f"{self._town} を移していません。{' '.join(problems)} "
                "閉じたままなら、直してもう一度 move するか、abort で移し元を開いてください。"
                " / the town was not moved; mend this and run it again, or abort"
            )


def seconds_closed(journal: Journal) -> tuple[float, float]:
    """For how long the town was closed for writing, and for how long for looking too."""
    moments = journal.moments
    return moments["opened"] - moments["closed"], moments["opened"] - moments["sealed"]


def _side(composition: Composition, town: str) -> TownSide:
    settings = composition.settings
    if settings.admin_database_url:
        return PostgresTown(settings.admin_database_url, town, tuple(composition.services))
    return SqliteTown(settings.var, town, tuple(composition.services))
