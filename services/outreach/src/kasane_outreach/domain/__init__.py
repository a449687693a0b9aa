"""Nouns and rules of outreach, in plain Python."""
