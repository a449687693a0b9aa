"""The catalogue that every table of outreach belongs to."""

from sqlalchemy import MetaData

metadata = MetaData()
