"""Measures how long the pages of a large installation take; `make bench` runs it."""
