"""Nouns and rules of cases, in plain Python."""
