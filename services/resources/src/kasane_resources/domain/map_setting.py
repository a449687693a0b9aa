"""Where the map's pictures come from: a town's own choice, nothing at first."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from kasane_resources.domain.errors import TilesWrong

LONGEST = 300
_TEMPLATE = re.compile(r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~{}/?=&%-]*$")


@dataclass(frozen=True)
class MapSetting:
    """The address of tiles with {z}, {x} and {y}, and whose they are; empty for a map without pictures."""

    tiles: str = ""
    attribution: str = ""

    @classmethod
    def of(cls, tiles: str, attribution: str) -> "MapSetting":
        """A checked setting. Raises TilesWrong: an address needs https, all three places, and a source named."""
        tiles, attribution = tiles.strip(), attribution.strip()
        if not tiles:
            return cls()
        complete = all(place in tiles for place in ("{z}", "{x}", "{y}"))
        if len(tiles) > LONGEST or not complete or not _TEMPLATE.match(tiles) or not attribution:
            raise TilesWrong
        return cls(tiles, attribution[:LONGEST])

    @property
    def origin(self) -> str:
        """Scheme and host of the tiles, for the content security policy; empty without tiles."""
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc}" if self.tiles else ""
