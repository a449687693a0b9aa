"""Checks that a process reads its settings once, and says which variable is wrong."""

from pathlib import Path

import pytest

from kasane_kit.config import Mode, Settings, SettingsError

DISTRIBUTED = {
    "KASANE_MODE": "distributed",
    "KASANE_DATABASE_URL": "postgresql+psycopg://{login}:{password}@db/{database}",
    "KASANE_BROKER_URL": "amqp://broker",
}


def test_an_empty_environment_is_the_embedded_mode() -> None:
    settings = Settings.from_env({})

    assert settings == Settings()
    assert (settings.mode, settings.var, settings.towns) == (
        Mode.EMBEDDED,
        Path("var"),
        Path("deploy/towns"),
    )
    assert settings.keys_folder == Path("var/keys")
    assert (settings.secure_cookies, settings.trace_hooks, settings.served_towns) == (
        False,
        False,
        (),
    )


def test_every_variable_is_read() -> None:
    settings = Settings.from_env(
        {
            **DISTRIBUTED,
            "KASANE_VAR": "/srv/kasane",
            "KASANE_TOWN_FILES": "/etc/kasane/towns",
            "KASANE_KEYS": "/etc/kasane/keys",
            "KASANE_ADMIN_DATABASE_URL": "postgresql+psycopg://admin@db",
            "KASANE_TOWNS": "292095,012319,",
            "KASANE_SECURE_COOKIES": "1",
            "KASANE_TRACE_HOOKS": "1",
            "KASANE_TARGET": "intake",
        }
    )

    assert settings.mode is Mode.DISTRIBUTED
    assert settings.keys_folder == Path("/etc/kasane/keys")
    assert settings.var == Path("/srv/kasane")
    assert settings.towns == Path("/etc/kasane/towns")
    assert settings.served_towns == ("292095", "012319")
    assert (settings.secure_cookies, settings.trace_hooks) == (True, True)
    assert settings.target == "intake"
    assert settings.broker_url == "amqp://broker"


def test_the_environment_of_the_process_is_asked_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KASANE_TARGET", "cases")

    assert Settings.from_env().target == "cases"


def test_an_unknown_mode_is_named_with_the_remedy() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"KASANE_MODE": "cloud"})

    assert str(caught.value) == (
        "KASANE_MODE is 'cloud'; nothing was started; set embedded or distributed"
    )


@pytest.mark.parametrize("name", ["KASANE_DATABASE_URL", "KASANE_BROKER_URL"])
@pytest.mark.parametrize("value", [None, ""])
def test_the_distributed_mode_needs_its_servers(name: str, value: str | None) -> None:
    environment = {key: text for key, text in DISTRIBUTED.items() if key != name}
    if value is not None:
        environment[name] = value

    with pytest.raises(SettingsError, match=rf"^{name} is not set; .* was not started; set it$"):
        Settings.from_env(environment)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(environment={"SECRET": "hunter2"})

    assert "hunter2" not in repr(settings)
