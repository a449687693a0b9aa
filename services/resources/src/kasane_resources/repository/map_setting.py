"""Loads and saves the town's choice of map."""

from sqlalchemy import Connection, delete, insert, select

from kasane_resources.domain.map_setting import MapSetting
from kasane_resources.tables.map_setting import map_setting as table

_ONLY = 1


def map_setting(connection: Connection) -> MapSetting:
    """The choice of the open municipality; a map without pictures until somebody chose."""
    row = connection.execute(select(table.c.tiles, table.c.attribution)).one_or_none()
    return MapSetting() if row is None else MapSetting(*row)


def keep_map_setting(connection: Connection, setting: MapSetting) -> None:
    """Keeps the choice in place of the one before."""
    connection.execute(delete(table))
    connection.execute(insert(table).values(number=_ONLY, **vars(setting)))
