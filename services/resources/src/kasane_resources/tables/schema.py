"""Holds the one collection that every table of resources belongs to."""

from sqlalchemy import MetaData

metadata = MetaData()
