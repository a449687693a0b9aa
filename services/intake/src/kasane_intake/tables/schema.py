"""The catalogue that every table of intake belongs to."""

from sqlalchemy import MetaData

metadata = MetaData()
