"""What is done with accounts and sessions."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.portal import StaffAccountChanged
from kasane_kit.auth import ProviderLink
from kasane_kit.auth import accounts as projection
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Workbench
from kasane_portal import tables
from kasane_portal.commands import (
    ChangeAccount,
    ChangeOwnPassword,
    CreateAccount,
    SetPassword,
    SignIn,
)
from kasane_portal.domain.errors import (
    ChangedMeanwhile,
    LastAdministrator,
    LoginNameTaken,
    PasswordUnfit,
    RoleUnknown,
    Throttled,
    WrongCredentials,
    WrongPresentPassword,
)
from kasane_portal.domain.throttle import MOST_OF_ACCOUNT
from kasane_portal.handlers import accounts, operator, passwords, sessions
from kasane_portal.queries import list_accounts, one_account
from kasane_portal.repository import SignInFailures

PASSWORD = "correct horse battery"
TOWN = "292095"


def make(bench: Workbench, login_name: str = "s0412", *roles: str, account_id: str = "") -> str:
    command = CreateAccount(
        account_id or f"id-{login_name}",
        login_name,
        "生駒 直子",
        PASSWORD,
        roles or ("coordinator",),
    )
    with bench.unit(bench.staff("town_administrator")) as uow:
        return accounts.create_account(command, uow, bench.hooks)


def try_to_sign_in(
    bench: Workbench,
    login_name: str = "s0412",
    password: str = PASSWORD,
    address: str = "192.0.2.1",
) -> str:
    with municipality_scope(bench.municipality):
        begun = sessions.sign_in(SignIn(login_name, password, address), bench.house)
    session = bench.session(begun)
    assert session is not None
    return session.account_id


def recorded(bench: Workbench) -> list[tuple[str, str]]:
    return [(entry.action, entry.object_id) for entry in bench.said(AuditEntryRecorded)]


def test_an_account_is_said_and_known_to_the_portal_itself_at_once(workbench: Workbench) -> None:
    account_id = make(workbench)

    (said,) = workbench.said(StaffAccountChanged)
    assert said == StaffAccountChanged(
        account_id, "生駒 直子", ("coordinator",), ("coordinator",), "", True, 1
    )
    with workbench.reading() as connection:
        known = projection.find(connection, account_id)
        kept = connection.scalar(select(tables.account.c.password_hash))
    assert known is not None
    assert known.functions == ("coordinator",)
    assert str(kept).startswith("$argon2id$")
    assert recorded(workbench) == [("portal.account.created", account_id)]


def test_a_taken_login_name_changes_nothing(workbench: Workbench) -> None:
    make(workbench)
    said = workbench.said()

    with pytest.raises(LoginNameTaken):
        make(workbench, "Ｓ0412", account_id="another")

    assert workbench.said() == said
    with workbench.reading() as connection:
        assert [a.id for a in list_accounts(connection, 10)] == ["id-s0412"]


def test_an_administrator_of_a_town_cannot_make_an_operator_of_the_prefecture(
    workbench: Workbench,
) -> None:
    with pytest.raises(RoleUnknown):
        make(workbench, "s0412", "prefecture_operator")

    assert workbench.said() == []


def test_a_short_password_makes_no_account(workbench: Workbench) -> None:
    command = CreateAccount("a1", "s0412", "生駒 直子", "short", ("coordinator",))

    with workbench.unit(workbench.staff("town_administrator")) as uow, pytest.raises(PasswordUnfit):
        accounts.create_account(command, uow, workbench.hooks)

    assert workbench.said() == []


def test_a_change_is_said_with_the_next_revision(workbench: Workbench) -> None:
    account_id = make(workbench)
    command = ChangeAccount(account_id, "生駒 直", ("receiver",), "", True, 1)

    with workbench.unit(workbench.staff("town_administrator")) as uow:
        revision = accounts.change_account(command, uow, workbench.hooks).revision

    assert revision == 2
    assert workbench.said(StaffAccountChanged)[-1] == StaffAccountChanged(
        account_id, "生駒 直", ("receiver",), ("receiver",), "", True, 2
    )


def test_a_change_of_an_outdated_copy_is_refused(workbench: Workbench) -> None:
    account_id = make(workbench)
    command = ChangeAccount(account_id, "生駒 直", ("receiver",), "", True, 7)

    actor = workbench.staff("town_administrator")
    with workbench.unit(actor) as uow, pytest.raises(ChangedMeanwhile):
        accounts.change_account(command, uow, workbench.hooks)

    with workbench.reading() as connection:
        assert one_account(connection, account_id).display_name == "生駒 直子"


def test_the_last_administrator_cannot_be_closed_but_the_last_but_one_can(
    workbench: Workbench,
) -> None:
    first = make(workbench, "admin1", "town_administrator")
    second = make(workbench, "admin2", "town_administrator")
    actor = workbench.staff("town_administrator")

    def close(account_id: str) -> None:
        command = ChangeAccount(account_id, "管理", ("town_administrator",), "", False, 1)
        with workbench.unit(actor) as uow:
            accounts.change_account(command, uow, workbench.hooks)

    close(first)
    with pytest.raises(LastAdministrator):
        close(second)

    with workbench.reading() as connection:
        assert [a.active for a in list_accounts(connection, 10)] == [False, True]


def test_signing_in_works_right_after_the_account_was_made(workbench: Workbench) -> None:
    account_id = make(workbench)

    assert try_to_sign_in(workbench, " Ｓ0412 ") == account_id

    assert recorded(workbench)[-1] == ("portal.session.opened", "s0412")
    assert workbench.said(AuditEntryRecorded)[-1].actor == account_id


@pytest.mark.parametrize(("login_name", "shown"), [("s0412", "s0412"), ("my secret!", "unknown")])
def test_wrong_name_and_wrong_password_are_one_refusal_and_no_typed_text_is_kept(
    workbench: Workbench, login_name: str, shown: str
) -> None:
    make(workbench)

    with pytest.raises(WrongCredentials) as refused:
        try_to_sign_in(workbench, login_name, "wrong wrong wrong")

    assert refused.value.facts == {}
    assert recorded(workbench)[-1] == ("portal.session.refused", shown)
    assert "secret" not in str(workbench.said())
    assert "wrong" not in str(workbench.said())


def test_a_closed_account_is_refused_like_a_wrong_password(workbench: Workbench) -> None:
    account_id = make(workbench)
    with workbench.unit(workbench.staff("town_administrator")) as uow:
        command = ChangeAccount(account_id, "生駒 直子", ("coordinator",), "", False, 1)
        accounts.change_account(command, uow, workbench.hooks)

    with pytest.raises(WrongCredentials):
        try_to_sign_in(workbench)


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password() -> None:
    known = passwords.hash_of(PASSWORD)
    passwords.matches(None, "warm")

    def least(password_hash: str | None) -> float:
        times = []
        for _ in range(4):
            begun = time.process_time()
            assert passwords.matches(password_hash, "wrong") is False
            times.append(time.process_time() - begun)
        return min(times)

    assert 0.5 < least(None) / least(known) < 2


def test_the_sixth_try_after_five_failures_is_not_answered_even_with_the_right_password(
    workbench: Workbench, clock_at: Callable[[datetime], None]
) -> None:
    begun = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    clock_at(begun)
    make(workbench)
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            try_to_sign_in(workbench, password="wrong wrong")
    written = recorded(workbench)

    with pytest.raises(Throttled) as refused:
        try_to_sign_in(workbench)

    assert refused.value.facts == {"seconds": 900, "minutes": 15, "until": "10:15"}
    assert recorded(workbench) == written
    assert written[-2:] == [
        ("portal.session.refused", "s0412"),
        ("portal.session.throttled", "s0412"),
    ]
    clock_at(begun + timedelta(minutes=15))
    assert try_to_sign_in(workbench) == "id-s0412"


def test_a_name_that_nobody_has_is_throttled_like_any_other(workbench: Workbench) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            try_to_sign_in(workbench, "nobody")

    with pytest.raises(Throttled):
        try_to_sign_in(workbench, "NOBODY", address="192.0.2.99")


def test_twenty_failures_from_one_address_stop_the_address_and_no_other(
    workbench: Workbench,
) -> None:
    make(workbench)
    with workbench.unit(workbench.staff("receiver")) as uow:
        for number in range(19):
            SignInFailures(uow.connection).add(f"nobody{number}", "192.0.2.1")
        uow.connection.commit()
    with pytest.raises(WrongCredentials):
        try_to_sign_in(workbench, "nobody19")

    with pytest.raises(Throttled):
        try_to_sign_in(workbench)
    assert try_to_sign_in(workbench, address="192.0.2.2") == "id-s0412"


def test_many_tries_at_once_get_exactly_five_answers(workbench: Workbench) -> None:
    make(workbench)

    def attempt(_number: int) -> str:
        try:
            try_to_sign_in(workbench, password="wrong wrong")
        except (WrongCredentials, Throttled) as refusal:
            return refusal.code
        return "signed in"

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(attempt, range(16)))

    assert answers == {"wrong_credentials": 5, "throttled": 11}


def test_the_right_password_lets_the_account_start_anew(workbench: Workbench) -> None:
    make(workbench)
    for _ in range(4):
        with pytest.raises(WrongCredentials):
            try_to_sign_in(workbench, password="wrong wrong")
    try_to_sign_in(workbench)

    with workbench.reading() as connection:
        count = connection.scalar(select(func.count()).select_from(tables.sign_in_failure))
    assert count == 0


def test_neither_name_nor_address_is_readable_in_the_table_of_failures(
    workbench: Workbench,
) -> None:
    with pytest.raises(WrongCredentials):
        try_to_sign_in(workbench, "typed-a-password")

    with workbench.reading() as connection:
        (row,) = connection.execute(select(tables.sign_in_failure)).mappings()
    assert "typed" not in str(dict(row))
    assert "192.0.2.1" not in str(dict(row))


def test_a_new_password_replaces_the_old_one_and_ends_sessions(workbench: Workbench) -> None:
    account_id = make(workbench)

    with workbench.unit(workbench.staff("town_administrator")) as uow:
        revision = accounts.set_password(SetPassword(account_id, "another password"), uow)

    assert revision == 2
    assert workbench.said(StaffAccountChanged)[-1].revision == 2
    with pytest.raises(WrongCredentials):
        try_to_sign_in(workbench)
    assert try_to_sign_in(workbench, password="another password") == account_id


def change_own(bench: Workbench, account_id: str, present: str) -> str:
    actor = bench.staff("coordinator", account_id=account_id)
    command = ChangeOwnPassword(account_id, present, "another one", "192.0.2.9")
    with municipality_scope(TOWN):
        return accounts.change_own_password(command, bench.house, actor, ProviderLink())


def test_the_own_password_changes_only_with_the_present_one(workbench: Workbench) -> None:
    account_id = make(workbench)
    with pytest.raises(WrongPresentPassword):
        change_own(workbench, account_id, "guess")
    assert try_to_sign_in(workbench) == account_id

    change_own(workbench, account_id, PASSWORD)

    assert try_to_sign_in(workbench, password="another one") == account_id
    assert "portal.account.password_changed" in [action for action, _ in recorded(workbench)]


def test_guesses_at_the_present_password_are_counted_like_those_of_signing_in(
    workbench: Workbench,
) -> None:
    account_id = make(workbench)
    for _ in range(MOST_OF_ACCOUNT):
        with pytest.raises(WrongPresentPassword):
            change_own(workbench, account_id, "guess")

    with pytest.raises(Throttled):
        change_own(workbench, account_id, PASSWORD)

    with pytest.raises(Throttled):
        try_to_sign_in(workbench)
    actions = [action for action, _ in recorded(workbench)]
    assert actions.count("portal.session.refused") == MOST_OF_ACCOUNT
    assert "portal.account.password_changed" not in actions


def test_the_operator_makes_the_first_account_of_a_town_and_of_the_host(
    workbench: Workbench,
) -> None:
    create = workbench.service.commands["create_account"]
    common = {"login_name": "first", "display_name": "最初 の人", "password": PASSWORD}

    in_town = create(workbench.house, TOWN, roles=["town_administrator"], **common)
    in_host = create(workbench.house, "host", roles=["prefecture_operator"], **common)

    assert try_to_sign_in(workbench, "first") == in_town
    workbench.municipality = "host"
    account_id = try_to_sign_in(workbench, "first")
    with municipality_scope("host"), workbench.house.databases.reading("portal") as connection:
        found = one_account(connection, account_id)
    assert (found.id, found.functions) == (in_host, ("prefecture_operator",))


def test_the_host_gives_out_no_role_of_a_town(workbench: Workbench) -> None:
    with pytest.raises(RoleUnknown):
        operator.create_account(
            workbench.house,
            "host",
            login_name="first",
            display_name="最初 の人",
            password=PASSWORD,
            roles=["town_administrator"],
        )


def test_the_operator_gives_a_locked_out_administrator_a_new_password(
    workbench: Workbench,
) -> None:
    account_id = make(workbench, "admin1", "town_administrator")

    workbench.service.commands["set_password"](
        workbench.house, TOWN, login_name="ADMIN1", password="another password"
    )

    assert try_to_sign_in(workbench, "admin1", "another password") == account_id
