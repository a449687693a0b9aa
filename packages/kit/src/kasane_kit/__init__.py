"""Kasane's technical rooms: a closed list, with no domain noun inside."""
