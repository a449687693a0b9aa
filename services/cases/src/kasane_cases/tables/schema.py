"""The catalogue that every table of cases belongs to."""

from sqlalchemy import (
    MetaData,
)

metadata = MetaData()
