"""``kasane audit``: verify the trails, say where they end, and keep that on another machine."""

import argparse
import json
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection

from kasane_kit import audit
from kasane_kit.config import secret
from kasane_runtime import audit_heads
from kasane_runtime.audit_heads import Keeper, NotKept
from kasane_runtime.commands import compose_told, in_every_database
from kasane_runtime.compose import Composition


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds ``kasane audit`` with its verbs."""
    trail = commands.add_parser("audit", help="監査記録 / the audit trail")
    trail_commands = trail.add_subparsers(required=True, metavar="command")
    look = trail_commands.add_parser("verify", help="改ざんを調べる / look for tampering")
    look.add_argument(
        "--heads", type=Path, help="よそに控えた末尾と照らす / compare with heads kept elsewhere"
    )
    look.set_defaults(command=_verify)
    ends = trail_commands.add_parser("heads", help="署名した末尾を言う / say where trails end")
    ends.add_argument("--into", type=Path, help="このフォルダーに控える / keep them in this folder")
    ends.set_defaults(command=_heads)
    trail_commands.add_parser(
        "public-keys", help="控える側に置く公開鍵 / the keys that a keeper needs"
    ).set_defaults(command=_public_keys)
    collect = trail_commands.add_parser(
        "collect", help="別の機械で末尾を控える / keep the heads on another machine"
    )
    collect.add_argument("addresses", nargs="+", metavar="http://worker:9108")
    collect.add_argument("--into", type=Path, required=True)
    collect.add_argument("--keys", type=Path, required=True)
    collect.add_argument("--every", type=float, default=0, help="秒ごとに続ける / again and again")
    collect.set_defaults(command=_collect)


class Verifying:
    """Looks at one trail after the other, and says a line for each."""

    def __init__(self, composition: Composition, kept: Path | None) -> None:
        self._keys = composition.house.keys
        self._keeper = Keeper(kept) if kept else None

    def look(self, municipality: str, service: str, connection: Connection) -> bool:
        """Whether the trail is as it was written and bears out every head that was kept of it."""
        found = audit.verify(connection, self._keys.derived(municipality, "audit"))
        compared = ""
        if self._keeper is not None:
            heads = self._keeper.kept(municipality, service)
            public = audit.public_key(self._keys.derived(municipality, audit_heads.PURPOSE))
            try:
                for head in heads:
                    head.check(public)
            except audit.WrongHead as error:
                raise NotKept(str(error)) from error
            denied = audit.find_denial(connection, heads)
            found = denied or found
            compared = f"（控え {len(heads)} 件と照合）"
        print(f"{'○' if found is None else '✗'} {municipality} {service}{compared}", end="")
        print("" if found is None else f": {found.sentence}")
        return found is None


def _verify(options: argparse.Namespace) -> int:
    composition = compose_told()
    look = Verifying(composition, options.heads).look
    return 0 if in_every_database(composition, look) else 1


def _heads(options: argparse.Namespace) -> int:
    composition, into = compose_told(), options.into
    found = list(audit_heads.heads(composition))
    if into is None:
        for head in found:
            print(head.as_line())
        return 0
    keys = {town: bytes.fromhex(key) for town, key in audit_heads.public_keys(composition).items()}
    return _keep(Keeper(into), found, keys)


def _public_keys(_options: argparse.Namespace) -> int:
    print(json.dumps(audit_heads.public_keys(compose_told()), indent=2))
    return 0


def _collect(options: argparse.Namespace) -> int:
    # It runs on another machine: it needs no house and no settings but the token.
    token = secret(os.environ, "KASANE_METRICS_TOKEN")
    public, keeper = audit_heads.read_public_keys(options.keys), Keeper(options.into)
    while True:
        status = 0
        for address in options.addresses:
            try:
                found = audit_heads.asked(address, token)
            except NotKept as error:
                print(f"✗ {error}", file=sys.stderr)
                status = 1
            else:
                status |= _keep(keeper, found, public)
        if not options.every:
            return status
        time.sleep(options.every)


def _keep(keeper: Keeper, heads: Collection[audit.SignedHead], keys: Mapping[str, bytes]) -> int:
    status, added = 0, 0
    for problem, new in _each(keeper, heads, keys):
        added += new
        if problem:
            print(f"✗ {problem}", file=sys.stderr)
            status = 1
    print(f"{len(heads)} 件を受け取り、新しい {added} 件を控えました。 / {added} kept.", flush=True)
    return status


def _each(
    keeper: Keeper, heads: Collection[audit.SignedHead], keys: Mapping[str, bytes]
) -> Iterator[tuple[str, bool]]:
    for head in heads:
        try:
            yield "", keeper.keep(head, keys)
        except NotKept as error:
            yield str(error), False
