"""The heads of the trails are kept on another machine, which then knows what this one denies."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kasane_kit.config import Settings
from kasane_runtime.audit_heads import NotKept, asked, heads_page
from kasane_runtime.cli import main
from kasane_runtime.compose import Composition, compose
from kasane_runtime.meter_server import HEADS_PATH, MeterServer

ROOT = Path(__file__).parents[3]
TOKEN, TOWN = "a-token", "292095"

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with one entry in the portal's trail, for every test to copy."""
    var = tmp_path_factory.mktemp("migrated") / "var"
    with pytest.MonkeyPatch.context() as patch:
        _set(patch, var)
        assert main(["migrate"]) == 0
        _account("desk-one")
    return var


@pytest.fixture
def house(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(migrated, tmp_path / "var")
    _set(monkeypatch, tmp_path / "var")
    monkeypatch.setenv("KASANE_METRICS_TOKEN", TOKEN)
    return tmp_path / "var"


@pytest.fixture
def composition(house: Path) -> Iterator[Composition]:
    made = compose(Settings.from_env())
    yield made
    made.house.databases.dispose()


@pytest.fixture
def address(composition: Composition) -> Iterator[str]:
    server = MeterServer({HEADS_PATH: heads_page(composition, ("portal",))}, "127.0.0.1:0", TOKEN)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture
def keys(house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    capsys.readouterr()
    assert main(["audit", "public-keys"]) == 0
    path = tmp_path / "keys.json"
    path.write_text(capsys.readouterr().out)
    return path


def test_another_machine_keeps_the_heads_and_adds_only_what_is_new(
    address: str, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collect = ["audit", "collect", address, "--into", str(tmp_path / "kept"), "--keys", str(keys)]

    first, again = main(collect), main(collect)
    _account("desk-two")
    third = main(collect)

    assert (first, again, third) == (0, 0, 0)
    lines = (tmp_path / "kept" / TOWN / "portal.jsonl").read_text().splitlines()
    positions = [json.loads(line)["position"] for line in lines]
    assert positions == sorted(set(positions))
    assert len(positions) == 2
    assert main(["audit", "verify", "--heads", str(tmp_path / "kept")]) == 0
    assert f"○ {TOWN} portal（控え 2 件と照合）" in capsys.readouterr().out


def test_a_house_put_back_to_an_older_day_is_found_by_both(
    house: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    shutil.copy(house / TOWN / "portal.sqlite", tmp_path / "older.sqlite")
    _account("desk-two")
    assert main(["audit", "heads", "--into", str(kept)]) == 0
    for path in (house / TOWN).glob("portal.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "older.sqlite", house / TOWN / "portal.sqlite")

    alone = main(["audit", "verify"])
    compared = main(["audit", "verify", "--heads", str(kept)])
    shortened = main(["audit", "heads", "--into", str(kept)])

    told = capsys.readouterr()
    assert (alone, compared, shortened) == (0, 1, 1)
    assert f"✗ {TOWN} portal" in told.out
    assert "古い控えに戻されています" in told.out
    assert "縮みました。控えは前のまま残しました" in told.err
    assert len((kept / TOWN / "portal.jsonl").read_text().splitlines()) == 1


def test_heads_are_printed_for_every_town_and_service(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert main(["audit", "heads"]) == 0

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(head["municipality"], head["service"]) for head in told} >= {
        (TOWN, "intake"),
        (TOWN, "portal"),
        ("012319", "cases"),
    }


def test_a_town_that_cannot_be_read_holds_up_no_other(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (house / TOWN).glob("intake.sqlite*"):
        path.unlink()
    (house / TOWN / "intake.sqlite").mkdir()
    capsys.readouterr()

    assert main(["audit", "heads"]) == 0

    told = {json.loads(line)["municipality"] for line in capsys.readouterr().out.splitlines()}
    assert "012319" in told


def test_nobody_without_the_token_is_told(address: str) -> None:
    with pytest.raises(NotKept, match=r"尋ねられませんでした.*404.*KASANE_METRICS_TOKEN"):
        asked(address, "other")


@pytest.mark.parametrize("wrong", ["http://127.0.0.1:9", "file:///etc/passwd", "nonsense"])
def test_an_address_that_does_not_answer_is_a_sentence(
    wrong: str, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["audit", "collect", wrong, "--into", str(tmp_path / "k"), "--keys", str(keys)])

    assert status == 1
    assert "控えていません" in capsys.readouterr().err
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"292095": 7}', '{"292095": "xx"}'])
def test_a_list_of_keys_that_is_none_is_a_sentence(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)

    status = main(
        ["audit", "collect", "http://127.0.0.1:9", "--into", str(tmp_path), "--keys", str(path)]
    )

    assert status == 2
    assert "公開鍵の一覧として読めません" in capsys.readouterr().err


def test_a_town_without_public_key_and_a_forged_head_are_not_kept(
    address: str, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = json.loads(keys.read_text())
    other = next(town for town in known if town != TOWN)
    keys.write_text(json.dumps({TOWN: known[other], other: known[other]}))

    status = main(["audit", "collect", address, "--into", str(tmp_path / "k"), "--keys", str(keys)])

    told = capsys.readouterr().err
    assert status == 1
    assert f"{TOWN} portal の末尾の控えは、この町の署名ではありません" in told
    assert "の公開鍵がありません" in told
    assert not (tmp_path / "k" / TOWN).exists()
    assert (tmp_path / "k" / other / "portal.jsonl").exists()


def test_a_kept_file_that_is_damaged_is_a_sentence(
    house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    assert main(["audit", "heads", "--into", str(kept)]) == 0
    (kept / TOWN / "portal.jsonl").write_text("nonsense\n")

    assert main(["audit", "verify", "--heads", str(kept)]) == 2
    assert "portal.jsonl: 末尾の控えの行として読めません" in capsys.readouterr().err


def _set(patch: pytest.MonkeyPatch, var: Path) -> None:
    patch.setenv("KASANE_VAR", str(var))
    patch.setenv("KASANE_TOWN_FILES", str(ROOT / "deploy/towns"))
    patch.delenv("KASANE_MODE", raising=False)


def _account(name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("a long password\n"))
        assert (
            main(
                [
                    "accounts",
                    "create",
                    TOWN,
                    name,
                    "窓口 一",
                    "--role",
                    "receiver",
                    "--office",
                    "tax_window",
                ]
            )
            == 0
        )
