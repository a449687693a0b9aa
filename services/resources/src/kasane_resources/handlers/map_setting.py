"""Choosing where the map's pictures come from."""

from typing import Any

from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands.map_setting import ChooseTiles
from kasane_resources.domain.map_setting import MapSetting
from kasane_resources.repository.map_setting import keep_map_setting

OBJECT = "map_setting"


def choose_tiles(command: ChooseTiles, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps the address of the tiles and whose they are. Raises TilesWrong."""
    keep_map_setting(uow.connection, MapSetting.of(command.tiles, command.attribution))
    uow.record("resources.map.changed", OBJECT, uow.municipality)
    uow.commit()
