"""Nouns and rules of intake, in plain Python."""
