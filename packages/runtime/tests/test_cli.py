"""Runs the operator's commands on real files."""

import io
import shutil
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from kasane_runtime import backups
from kasane_runtime.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house that was migrated once, for every test to copy."""
    var = tmp_path_factory.mktemp("migrated") / "var"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KASANE_VAR", str(var))
        patch.setenv("KASANE_TOWN_FILES", str(ROOT / "deploy/towns"))
        patch.delenv("KASANE_MODE", raising=False)
        assert main(["migrate"]) == 0
    return var


@pytest.fixture
def house(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated house in a folder of its own, as the environment of the commands."""
    shutil.copytree(migrated, tmp_path / "var")
    monkeypatch.setenv("KASANE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("KASANE_TOWN_FILES", str(ROOT / "deploy/towns"))
    monkeypatch.delenv("KASANE_MODE", raising=False)
    return tmp_path / "var"


def test_migrating_twice_changes_nothing(house: Path) -> None:
    key = (house / "keys" / "signing.key").read_bytes()

    assert main(["migrate"]) == 0

    assert (house / "keys" / "signing.key").read_bytes() == key


def test_an_account_is_made_once(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["accounts", "create", "292095", "desk-one", "窓口 一", "--role", "receiver"]
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
    made = main([*wanted, "--office", "tax_window"])

    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
    again = main([*wanted, "--office", "tax_window"])

    assert (made, again) == (0, 2)
    assert "desk-one を登録しました。" in capsys.readouterr().out


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_entry SET actor = 'somebody-else' WHERE position = 1",
        "DELETE FROM audit_entry WHERE position = 1",
        "UPDATE audit_entry SET position = 7 WHERE position = 1",
    ],
)
def test_audit_verify_finds_what_was_done_to_the_trail(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
    main(["accounts", "create", "292095", "desk-one", "窓口 一", "--role", "receiver"])
    whole = main(["audit", "verify"])

    with sqlite3.connect(house / "292095" / "portal.sqlite") as file:
        file.execute("DROP TRIGGER audit_entry_keeps_update")
        file.execute("DROP TRIGGER audit_entry_keeps_delete")
        file.execute(harm)
    file.close()

    assert (whole, main(["audit", "verify"])) == (0, 1)
    assert "✗ 292095 portal" in capsys.readouterr().out


def test_a_wrong_town_file_is_named_and_the_other_towns_go_on(
    house: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    towns = tmp_path / "towns"
    towns.mkdir()
    (towns / "a.toml").write_text(
        'code = "292095"\nname = "生駒市"\nprefecture = "290009"\nplugins = ["ikoma"]\n', "utf-8"
    )
    (towns / "b.toml").write_text(
        'code = "012310"\nname = "恵庭市"\nprefecture = "010006"\n', "utf-8"
    )
    (towns / "c.toml").write_text(
        'code = "052159"\nname = "仙北市"\nprefecture = "050008"\nplugins = ["nobody"]\n', "utf-8"
    )
    monkeypatch.setenv("KASANE_TOWN_FILES", str(towns))

    status = main(["towns"])

    said = capsys.readouterr().out
    assert status == 1
    assert "○ 292095 生駒市: ikoma" in said
    assert "✗ b.toml 1行目：code の「012310」は全国地方公共団体コードではありません" in said
    assert "✗ 052159 仙北市: c.toml 4行目：仙北市（052159）の設定に誤りがあります。" in said


def test_the_demonstration_does_not_delete_a_folder_that_is_not_its_own(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--reset-only"]) == 2

    assert (house / "292095" / "intake.sqlite").exists()
    assert "見本のデータではない" in capsys.readouterr().err


def test_the_demonstration_is_for_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KASANE_MODE", "distributed")
    monkeypatch.setenv("KASANE_DATABASE_URL", "postgresql+psycopg://127.0.0.1/")
    monkeypatch.setenv("KASANE_BROKER_URL", "amqp://127.0.0.1/")

    assert main(["demo"]) == 2


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KASANE_MODE", "sideways", "KASANE_MODE"),
        ("KASANE_MODE", "distributed", "KASANE_DATABASE_URL"),
        ("KASANE_TRUSTED_PROXIES", "many", "KASANE_TRUSTED_PROXIES"),
        ("KASANE_DATABASE_URL", "postgres", "KASANE_DATABASE_URL is no address"),
        ("KASANE_DATABASE_URL", "mysql://db/kasane", "KASANE_DATABASE_URL is no address"),
        ("KASANE_ADMIN_DATABASE_URL", "db:5432", "KASANE_ADMIN_DATABASE_URL is no address"),
        ("KASANE_BROKER_URL", "broker", "KASANE_BROKER_URL is no address"),
        ("KASANE_BROKER_URL", "http://broker/", "KASANE_BROKER_URL is no address"),
        ("KASANE_BROKER_URL", "amqp://broker:port", "KASANE_BROKER_URL is no address"),
        ("KASANE_DATABASE_URL", "postgresql://db:port/", "KASANE_DATABASE_URL is no address"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    words: str,
) -> None:
    monkeypatch.setenv(name, value)

    assert main(["migrate"]) == 2

    assert capsys.readouterr().err.startswith(f"kasane: {words}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["dead-letters", "requeue", "nothing", "292095", "x"], "nothing is no service"),
        (["dead-letters", "requeue", "cases", "999999", "x"], "999999 is not served here"),
        (["accounts", "create", "999999", "somebody", "誰か"], "999999 is not served here"),
        (["restored", "999999"], "999999 is not served here"),
        (["outreach", "plan", "999999", "--from", "2026-12-01"], "999999 is not served here"),
        (["rebuild", "nothing"], "nothing is no service"),
        (["rebuild", "portal", "--town", "999999"], "999999 is not served here"),
        (["keys", "rotate", "999999"], "999999 is not served here"),
        (["work", "cases"], "KASANE_MODE is embedded"),
    ],
)
def test_a_command_about_what_is_not_here_is_one_sentence(
    house: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(arguments) == 2

    told = capsys.readouterr()
    assert told.err.startswith(f"kasane: {sentence}")
    assert "; nothing was" in told.err
    assert told.out == ""


def test_a_letter_that_is_not_parked_is_told(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dead-letters", "requeue", "cases", "292095", "no-letter"]) == 1
    assert "no-letter は止め置かれていないか" in capsys.readouterr().out


def test_a_command_before_the_tables_are_made_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KASANE_VAR", str(tmp_path))

    assert main(["rebuild", "portal", "--town", "292095"]) == 2

    assert "kasane migrate が済んでいるか" in capsys.readouterr().err


def test_the_shipped_plugins_pass_their_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["plugins", "check", name]) for name in ("ikoma", "eniwa")] == [0, 0]
    assert capsys.readouterr().out == (
        "○ ikoma: 足りないものはありません。\n○ eniwa: 足りないものはありません。\n"
    )


def test_a_new_plugin_needs_a_plain_name(tmp_path: Path) -> None:
    assert main(["plugins", "new", "春日井", "--folder", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_new_plugin_is_made_and_its_folder_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plugins", "new", "sazanka", "--folder", str(tmp_path)]) == 0

    assert capsys.readouterr().out.startswith(f"{tmp_path}/sazanka を作りました。")
    assert (tmp_path / "sazanka/README.md").exists()


def test_a_port_that_is_none_starts_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KASANE_PORT", "abc")

    with pytest.raises(SystemExit) as ended:
        main(["demo"])

    assert ended.value.code == 2
    assert "port is 'abc'; nothing was started" in capsys.readouterr().err


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_port_in_use_is_told_before_anything_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KASANE_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("KASANE_MODE", raising=False)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 2

    assert f"127.0.0.1:{port} で待ち受けられません" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()


def test_a_town_that_cannot_be_read_is_told_and_the_others_are_verified(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (house / "keys" / "012319.key").unlink()

    status = main(["audit", "verify"])

    said = capsys.readouterr().out
    assert status == 1
    assert "✗ 012319: 読み出せません（KeyMissing）。" in said
    assert "○ 292095 portal" in said


def test_a_town_whose_restore_was_cut_off_is_told_and_the_others_are_verified(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (house / "292095" / ".restored").mkdir()

    statuses = main(["audit", "verify"]), main(["restored", "292095"])

    said = capsys.readouterr()
    assert statuses == (1, 2)
    assert "✗ 292095: 292095 の復元が、ファイルを置く途中で止まっています。" in said.out
    assert "○ 313726 portal" in said.out
    assert said.err.startswith("kasane: 292095 の復元が")
    assert (main(["migrate"]), main(["audit", "verify"])) == (0, 0)


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "create", "292095", "--into", "{file}"),
        ("backup", "create", "292095", "--into", "{file}/below"),
        ("backup", "drill", "292095", "--into", "{file}/below"),
        ("plugins", "new", "sazanka", "--folder", "{file}"),
    ],
)
def test_a_place_that_cannot_be_used_is_one_sentence(
    house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    file = tmp_path / "a-file"
    file.touch()

    assert main([word.format(file=file) for word in words]) == 2

    said = capsys.readouterr()
    assert said.err.startswith(f"kasane: {file}")
    assert "を読み書きできません" in said.err
    assert "終わっていません。" in said.err
    assert said.out == ""


def test_a_backup_that_is_told_to_end_leaves_nothing_plain_and_says_so(
    house: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: list[Path] = []

    def told_to_end(*_arguments: object) -> None:
        seen.extend((tmp_path / "backups").rglob("*.sqlite"))
        handler = signal.getsignal(signal.SIGTERM)
        assert callable(handler)
        handler(signal.SIGTERM, None)

    monkeypatch.setattr(backups, "seal_stream", told_to_end)
    before = signal.getsignal(signal.SIGTERM)

    status = main(["backup", "create", "292095", "--into", str(tmp_path / "backups")])

    assert status == 143
    assert len(seen) == 5
    assert list((tmp_path / "backups").iterdir()) == []
    assert "kasane: 途中で止めました。" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_town_that_is_to_be_served_and_has_no_file_is_told(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KASANE_TOWNS", "host, 292095 ,29209")

    statuses = main(["audit", "verify"]), main(["towns"])

    said = capsys.readouterr()
    assert statuses == (1, 1)
    assert "○ host portal" in said.out
    assert "○ 292095 portal" in said.out
    assert "✗ KASANE_TOWNS にある「29209」の、使える町のファイルが" in said.out
    assert "kasane: KASANE_TOWNS にある「29209」の、使える町のファイルが" in said.err


def test_a_folder_without_towns_is_told_and_no_drill_is_called_good(
    house: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KASANE_TOWN_FILES", str(tmp_path / "elsewhere"))

    statuses = main(["backup", "drill"]), main(["dead-letters", "list"])

    said = capsys.readouterr()
    assert statuses == (2, 1)
    assert said.out == ""
    assert f"kasane: {tmp_path}/elsewhere に町のファイルがありません。" in said.err
    assert "kasane: no town is served here; nothing was tried" in said.err


def test_nothing_parked_is_said(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead-letters", "list"]) == 0

    assert capsys.readouterr().out == "止め置かれた出来事はありません。 / Nothing is parked.\n"


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_database_that_lets_nobody_in_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KASANE_VAR", str(tmp_path))
    monkeypatch.setenv("KASANE_MODE", "distributed")
    for name in ("KASANE_DATABASE_URL", "KASANE_ADMIN_DATABASE_URL"):
        monkeypatch.setenv(name, "postgresql://postgres:wrong@127.0.0.1:1/postgres")
    monkeypatch.setenv("KASANE_BROKER_URL", "amqp://127.0.0.1:1")

    assert main(["migrate"]) == 2

    said = capsys.readouterr().err
    assert "何も変えていません" in said
    assert "KASANE_ADMIN_DATABASE_URL" in said
    assert "wrong" not in said

    assert main(["retention", "sweep", "292095"]) == 2

    said = capsys.readouterr().err
    assert said.startswith("kasane: PostgreSQL が管理者のすることを断ったか、途中で切れました。")
    assert "KASANE_ADMIN_DATABASE_URL" in said
    assert "wrong" not in said
