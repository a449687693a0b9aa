"""Places, addresses and times, without a database."""

from datetime import time

import pytest

from kasane_outreach.domain.errors import NotAPosition
from kasane_outreach.domain.position import Position, TravelMode, kilometres, travel_minutes
from kasane_outreach.domain.time_of_day import NotATime, parse_time
from kasane_outreach.domain.town_block import find_block
from kasane_outreach.repository import blocks_of

STATION = Position(34.6928, 135.6975)


@pytest.mark.parametrize(
    ("address", "town", "block"),
    [
        ("奈良県生駒市東新町8番38号", "生駒市", "東新町"),
        ("生駒市白庭台3丁目1-2", "生駒市", "白庭台三丁目"),
        ("生駒市白庭台三丁目1-2", "生駒市", "白庭台三丁目"),
        ("生駒市白庭台３－１－２", "生駒市", "白庭台三丁目"),
        ("〒630-0131 奈良県生駒市上町台1", "生駒市", "上町台"),
        ("生駒市桜ヶ丘1-2", "生駒市", "桜ケ丘"),
        ("あすか野北１丁目１番", "生駒市", "あすか野北一丁目"),
        ("秋田県仙北市角館町中菅沢81", "仙北市", "角館町中菅沢"),
        ("北海道恵庭市有明町２丁目", "恵庭市", "有明町二丁目"),
    ],
)
def test_the_longest_town_block_of_an_address_is_found(address: str, town: str, block: str) -> None:
    found = find_block(address, town, blocks_of(town))

    assert found is not None
    assert found.name == block


@pytest.mark.parametrize(
    "address",
    [
        "",
        "不明",
        "奈良市東新町8番",
        "大阪府大阪市北区梅田1",
        "生駒市",
        "生駒市白庭台",
        "生駒市白庭台9-1",
    ],
)
def test_an_address_that_names_no_town_block_is_left_to_a_person(address: str) -> None:
    found = find_block(address, "生駒市", blocks_of("生駒市"))

    assert found is None


def test_a_town_in_a_county_has_its_blocks_and_an_unknown_town_has_none() -> None:
    assert len(blocks_of("北栄町")) == 29
    assert len(blocks_of("生駒市")) == 111
    assert blocks_of("見本市") == ()


def test_the_way_is_the_straight_line_and_a_third_longer() -> None:
    north = Position(STATION.latitude + 0.1, STATION.longitude)

    assert kilometres(STATION, north) == pytest.approx(11.119 * 1.3, abs=0.01)
    assert travel_minutes(STATION, north, TravelMode.CAR) == 29
    assert travel_minutes(STATION, north, TravelMode.FOOT) == 193
    assert travel_minutes(STATION, STATION, TravelMode.CAR) == 0


@pytest.mark.parametrize(("latitude", "longitude"), [(0, 0), (135.7, 34.7), (34.7, 200)])
def test_coordinates_outside_japan_are_no_position(latitude: float, longitude: float) -> None:
    with pytest.raises(NotAPosition):
        Position(latitude, longitude)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9:30", time(9, 30)), ("９：３０", time(9, 30)), ("14時", time(14)), ("9時05分", time(9, 5))],
)
def test_times_are_read_as_people_write_them(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "9", "9:", "25:00", "9:60", "朝", "9:30:00"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(NotATime):
        parse_time(typed)
