"""``kasane dead-letters`` and ``kasane broker``: what was parked, and what RabbitMQ holds."""

import argparse
import json

from sqlalchemy import Connection

from kasane_kit.bus import dead_letters, parcels
from kasane_kit.config import Settings, SettingsError
from kasane_kit.delivery import Post
from kasane_kit.tenancy import municipality_scope
from kasane_runtime import broker, broker_rights
from kasane_runtime.commands import compose_told, house_of, in_every_database
from kasane_runtime.compose import load_services

_VERBS = {
    "declare": "足りないキューを作る / make the queues that are missing",
    "show": "キューと待っている数 / the queues and how much waits in each",
    "dead-letters": "RabbitMQ に残ったもの / what stays in RabbitMQ",
    "requeue": "もとのキューへ戻す / give them back to the queues they came from",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds ``kasane dead-letters`` and ``kasane broker`` with their verbs."""
    letters = commands.add_parser("dead-letters", help="止め置かれた出来事 / parked events")
    letter_commands = letters.add_subparsers(required=True, metavar="command")
    letter_commands.add_parser("list", help="一覧 / list them").set_defaults(command=_letters_list)
    requeue = letter_commands.add_parser("requeue", help="もう一度届ける / apply again")
    requeue.add_argument("service")
    requeue.add_argument("municipality")
    requeue.add_argument("letter_id")
    requeue.set_defaults(command=_letters_requeue)

    bus = commands.add_parser("broker", help="RabbitMQ を調べる / look into RabbitMQ")
    bus_commands = bus.add_subparsers(required=True, metavar="command")
    for name, meaning in _VERBS.items():
        bus_commands.add_parser(name, help=meaning).set_defaults(command=_broker, verb=name)
    users = bus_commands.add_parser(
        "users", help="サービスごとの利用者の権限 / the rights of each service's user"
    )
    users.add_argument("--town", default="", help="その町だけの worker の / of that town's workers")
    users.set_defaults(command=_broker_users)
    replay = bus_commands.add_parser("replay", help="記録をもう一度流す / say a log once more")
    replay.add_argument("municipality")
    replay.add_argument("producer")
    replay.add_argument(
        "--after", type=int, default=0, help="この番号のあとから / behind this number"
    )
    replay.set_defaults(command=_broker_replay)


def _letters_list(_options: argparse.Namespace) -> int:
    parked = 0

    def look(municipality: str, service: str, connection: Connection) -> bool:
        nonlocal parked
        for letter in dead_letters.list_letters(connection):
            parked += 1
            about = f"{service} {municipality} {letter.id} {letter.type}"
            print(f"{about} {letter.reason}: {letter.detail}")
        for parcel in parcels.put_aside_ones(connection):
            parked += 1
            about = f"{service} {municipality} {parcel.id} {parcel.kind} → {parcel.to_municipality}"
            print(f"{about}: {parcel.detail}")
        return True

    whole = in_every_database(compose_told(), look)
    if whole and not parked:
        print("止め置かれた出来事はありません。 / Nothing is parked.")
    return 0 if whole else 1


def _letters_requeue(options: argparse.Namespace) -> int:
    composition = house_of(options.municipality, options.service)
    with municipality_scope(options.municipality):
        done = composition.deliveries[options.service].requeue(options.letter_id)
    if not done:
        post = Post(composition.services[options.service], composition.house)
        if post.give_back(options.municipality, options.letter_id):
            print("小包を戻しました。次の便で運びます。 / The parcel goes with the next round.")
            return 0
        print(
            f"{options.letter_id} は止め置かれていないか、まだ反映できません。何も変えていません。"
            "kasane dead-letters list で番号と理由を確かめてください。"
            " / not parked, or still not to be applied; nothing was changed; see kasane dead-letters list"
        )
        return 1
    print(f"{done} 件を届けました。 / applied")
    return 0


def _broker(options: argparse.Namespace) -> int:
    towns, whole = Settings.from_env().served_towns, True
    for line in broker.run(options.verb, _broker_url(), load_services(), towns):
        print(line)
        whole = whole and not line.startswith(broker.WRONG)
    return 0 if whole else 1


def _broker_users(options: argparse.Namespace) -> int:
    print(json.dumps(broker_rights.rights(load_services(), options.town), indent=2))
    return 0


def _broker_replay(options: argparse.Namespace) -> int:
    url = _broker_url()
    events, messages = broker.replay(
        url, compose_told(), options.municipality, options.producer, options.after
    )
    print(f"{events} 件を {messages} 通で流しました。 / {events} events in {messages} messages")
    return 0


def _broker_url() -> str:
    url = Settings.from_env().broker_url
    if not url:
        raise SettingsError(
            "KASANE_BROKER_URL is not set; nothing was asked; set it to the address of RabbitMQ"
        )
    return url
