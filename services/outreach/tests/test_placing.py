"""Households whose address names no town block are listed with the likest blocks, and placed by a person."""

from collections.abc import Callable

import pytest

from kasane_contracts.cases import AddressProtectionChanged, OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.domain.town_block import similar_blocks
from kasane_outreach.repository import blocks_of

Ask = Callable[..., OutreachRequested]
TYPED_WRONG = "奈良県生駒市東真町8番38号"


@pytest.fixture
def visitor(workbench: Workbench, coordinator: Actor) -> Visitor:
    return workbench.visit_as(coordinator)


def test_the_blocks_most_like_a_mistyped_address_are_named_first() -> None:
    found = [one.name for one in similar_blocks(TYPED_WRONG, "生駒市", blocks_of("生駒市"))]

    assert "東新町" in found
    assert len(found) <= 3
    assert similar_blocks("", "生駒市", blocks_of("生駒市")) == ()
    assert similar_blocks("XYZ 123", "生駒市", blocks_of("生駒市")) == ()


def test_an_unresolved_address_is_listed_and_placed_by_its_block(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(address=TYPED_WRONG)
    ask(request_id="request-2", case_id="case-2", name="置場 有子")

    page = visitor.get("/households/unplaced").text

    assert TYPED_WRONG in page
    assert "置場 有子" not in page
    assert page.index('<option value="東新町"') > page.index("<optgroup")
    form = {"town_block": "東新町", "coordinates": "", "version": "1"}
    assert visitor.post("/households/unplaced/request-1", data=form).status_code == 303
    with workbench.reading() as connection:
        placed = queries.household(connection, coordinator, "request-1")
    assert placed.town_block == "東新町"
    assert "場所の決まっていない訪問先はありません" in visitor.get("/households/unplaced").text


def test_a_household_that_is_not_there_is_not_placed(visitor: Visitor) -> None:
    assert visitor.post("/households/unplaced/nothing", data={}).status_code == 404


def test_a_place_is_given_by_coordinates_too(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(address="")
    assert "住所が書かれていません" in visitor.get("/households/unplaced").text

    form = {"town_block": "", "coordinates": "３４．６９、１３５．７０", "version": "1"}
    assert visitor.post("/households/unplaced/request-1", data=form).status_code == 303

    with workbench.reading() as connection:
        placed = queries.household(connection, coordinator, "request-1")
    assert placed.position is not None
    assert (placed.position.latitude, placed.position.longitude) == (34.69, 135.7)


@pytest.mark.parametrize(
    "typed",
    [
        {"town_block": "", "coordinates": ""},
        {"town_block": "東新町", "coordinates": "34.69, 135.70"},
        {"town_block": "", "coordinates": "ここ"},
        {"town_block": "", "coordinates": "0, 0"},
        {"town_block": "ない町", "coordinates": ""},
    ],
    ids=["nothing", "both", "no-number", "not-japan", "no-block"],
)
def test_what_is_no_place_is_named_and_nothing_is_placed(
    workbench: Workbench,
    visitor: Visitor,
    coordinator: Actor,
    ask: Ask,
    typed: dict[str, str],
) -> None:
    ask(address=TYPED_WRONG)

    answer = visitor.post("/households/unplaced/request-1", data={**typed, "version": "1"})

    assert answer.status_code == 422
    assert "k-field__error" in answer.text
    with workbench.reading() as connection:
        assert queries.household(connection, coordinator, "request-1").position is None


def test_a_protected_address_is_counted_and_never_shown(
    workbench: Workbench, visitor: Visitor, ask: Ask
) -> None:
    ask(address=TYPED_WRONG)
    workbench.hear(AddressProtectionChanged("person-1", "case-1", True))

    page = visitor.get("/households/unplaced").text

    assert TYPED_WRONG not in page
    assert "見本 花子" not in page
    assert "住所を保護している1件は、どの地図にも出しません。" in page
    form = {"town_block": "東新町", "coordinates": "", "version": "2"}
    assert visitor.post("/households/unplaced/request-1", data=form).status_code == 409
