"""The rules of accounts and passwords."""

import pytest

from kasane_portal.domain.account import (
    HOST_POSTS,
    Account,
    Posts,
    check_password,
    fit_login_name,
)
from kasane_portal.domain.errors import (
    ChangedMeanwhile,
    DisplayNameMissing,
    LastAdministrator,
    LoginNameUnfit,
    OfficeUnknown,
    PasswordUnfit,
    RoleMissing,
    RoleUnknown,
)

POSTS = Posts(
    {"lead": "coordinator", "desk": "receiver", "admin": "town_administrator"},
    frozenset({"tax"}),
)


def an_account(*roles: str) -> Account:
    return Account.make("a1", "s0412", "生駒 直子", roles or ("lead",), "tax", POSTS)


def test_functions_follow_from_the_roles_of_the_town() -> None:
    account = an_account("lead", "desk", "lead")

    assert account.roles == ("desk", "lead")
    assert account.functions == ("coordinator", "receiver")
    assert account.revision == 1


@pytest.mark.parametrize(
    ("typed", "folded"), [(" S0412 ", "s0412"), ("Ｓ０４１２", "s0412"), ("a.b@c-d", "a.b@c-d")]
)
def test_a_login_name_is_the_same_in_any_width_and_case(typed: str, folded: str) -> None:
    assert fit_login_name(typed) == folded


@pytest.mark.parametrize("typed", ["", "ab", "生駒", ".abc", "a b c", "a" * 65, "abc\x00"])
def test_an_unfit_login_name_is_refused(typed: str) -> None:
    with pytest.raises(LoginNameUnfit):
        fit_login_name(typed)


@pytest.mark.parametrize("password", ["", "123456789", "x" * 201])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(PasswordUnfit):
        check_password(password, "s0412")


def test_the_login_name_is_no_password() -> None:
    with pytest.raises(PasswordUnfit):
        check_password("Ｓ0412-ABCDE", "s0412-abcde")


@pytest.mark.parametrize(
    ("name", "roles", "office", "refusal"),
    [
        ("", ("lead",), "", DisplayNameMissing),
        ("あ" * 101, ("lead",), "", DisplayNameMissing),
        ("生駒", (), "", RoleMissing),
        ("生駒", ("king",), "", RoleUnknown),
        ("生駒", ("lead",), "moon", OfficeUnknown),
    ],
)
def test_what_the_town_does_not_have_cannot_be_given(
    name: str, roles: tuple[str, ...], office: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        Account.make("a1", "s0412", name, roles, office, POSTS)


def test_the_host_has_only_operators() -> None:
    account = Account.make("a1", "kencho", "県 太郎", ("prefecture_operator",), "", HOST_POSTS)

    assert account.functions == ("prefecture_operator",)
    with pytest.raises(RoleUnknown):
        Account.make("a2", "kencho", "県 太郎", ("town_administrator",), "", HOST_POSTS)


def test_a_change_is_the_next_revision() -> None:
    account = an_account()

    account.change("生駒 直", ("desk",), "", True, POSTS, other_administrators=1)

    assert account == Account("a1", "s0412", "生駒 直", ("desk",), ("receiver",), "", True, 2)


def test_an_account_whose_role_is_gone_can_still_be_closed() -> None:
    account = an_account()

    account.change("生駒 直子", ("lead",), "tax", False, Posts({}), other_administrators=1)

    assert (account.active, account.functions, account.revision) == (False, ("coordinator",), 2)


def test_an_account_whose_role_is_gone_cannot_be_opened_again() -> None:
    account = an_account()

    with pytest.raises(RoleUnknown):
        account.change("生駒 直子", ("lead",), "tax", True, Posts({}), other_administrators=1)

    assert account == an_account()


@pytest.mark.parametrize(("roles", "active"), [(("desk",), True), (("admin",), False)])
def test_the_last_administrator_stays(roles: tuple[str, ...], active: bool) -> None:
    account = an_account("admin")

    with pytest.raises(LastAdministrator):
        account.change("生駒 直子", roles, "tax", active, POSTS, other_administrators=0)

    assert account == an_account("admin")


def test_an_account_read_before_another_change_is_not_changed() -> None:
    with pytest.raises(ChangedMeanwhile):
        an_account().check_revision(2)
