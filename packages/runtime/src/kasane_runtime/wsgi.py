"""Gives gunicorn its application; KASANE_TARGET chooses all services or one."""

from typing import Any

from kasane_kit.config import Settings
from kasane_runtime.compose import compose, make_app
from kasane_runtime.telling import tell


def application() -> Any:
    """The WSGI application of this process, for ``gunicorn "kasane_runtime.wsgi:application()"``."""
    tell()
    settings = Settings.from_env()
    return make_app(compose(settings), settings.target)
