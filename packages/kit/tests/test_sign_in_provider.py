"""The part ``[oidc]`` of a town file, and where its secret comes from."""

from pathlib import Path

import pytest

from kasane_kit.config import Settings, SettingsError
from kasane_kit.tenancy import SignInProvider, WrongTownFile, read_town_file

TOWN = 'code = "292095"\nname = "生駒市"\nprefecture = "290009"\n[oidc]\n'


def read(folder: Path, part: str) -> SignInProvider | None:
    path = folder / "town.toml"
    path.write_text(TOWN + part, "utf-8")
    return read_town_file(path).town.provider


def test_a_town_names_its_provider(tmp_path: Path) -> None:
    whole = """issuer = "https://idp.city.example/realms/staff"
client_id = "kasane"
claim = "email"
label = "庁内認証"
break_glass = "kanri"
acr = "strong"
"""
    assert read(tmp_path, whole) == SignInProvider(
        "https://idp.city.example/realms/staff", "kasane", "email", "庁内認証", "kanri", "strong"
    )
    least = 'issuer = "https://idp.city.example"\nclient_id = "kasane"\n'
    found = read(tmp_path, least)
    assert found is not None
    assert (found.claim, found.label, found.break_glass) == ("preferred_username", "職員認証", "")


CLIENT = 'client_id = "kasane"\n'


@pytest.mark.parametrize(
    ("part", "line", "says"),
    [
        ("", 4, "[oidc] の client_id を文字列"),
        (CLIENT, 4, "[oidc] の issuer を文字列"),
        (CLIENT + "issuer = 7\n", 6, "[oidc] の issuer を文字列"),
        (CLIENT + 'issuer = "https://idp.example"\nclaim = ""\n', 7, "[oidc] の claim を文字列"),
        (CLIENT + 'issuer = "http://idp.example"\n', 6, "https:// で始まり"),
        (CLIENT + 'issuer = "https://u:p@idp.example"\n', 6, "https:// で始まり"),
        (CLIENT + 'issuer = "https://idp.example/?a=b"\n', 6, "https:// で始まり"),
        (CLIENT + 'issuer = "https://idp.example:99999"\n', 6, "https:// で始まり"),
        (CLIENT + 'issuer = "idp.example"\n', 6, "https:// で始まり"),
        (CLIENT + 'client_secret = "x"\n', 6, "KASANE_OIDC_SECRET_"),
        (CLIENT + 'isuer = "https://idp.example"\n', 6, "綴りを直すか消してください"),
    ],
)
def test_a_wrong_part_is_named_with_its_line(
    tmp_path: Path, part: str, line: int, says: str
) -> None:
    with pytest.raises(WrongTownFile) as caught:
        read(tmp_path, part)
    assert caught.value.line == line
    assert says in str(caught.value)


def test_a_part_that_is_no_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text(TOWN.replace("[oidc]", 'oidc = "https://idp.example"'), "utf-8")
    with pytest.raises(WrongTownFile, match=r"^4行目：oidc は \[oidc\] の表で"):
        read_town_file(path)


def test_secrets_come_from_the_environment_or_from_files(tmp_path: Path) -> None:
    kept = tmp_path / "secret"
    kept.write_text("of a file\n", "utf-8")
    settings = Settings.from_env(
        {
            "KASANE_OIDC_SECRET_292095": "of the environment",
            "KASANE_OIDC_SECRET_012319_FILE": str(kept),
            "KASANE_OIDC_CA_FILE": "/etc/kasane/ca.pem",
        }
    )
    assert settings.client_secrets == {
        "292095": "of the environment",
        "012319": "of a file",
    }
    assert settings.provider_certificates == "/etc/kasane/ca.pem"
    assert "of the environment" not in repr(settings)
    with pytest.raises(SettingsError, match="KASANE_OIDC_SECRET_292095_FILE"):
        Settings.from_env({"KASANE_OIDC_SECRET_292095_FILE": str(tmp_path / "missing")})
