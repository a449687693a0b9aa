"""Plays people, consents, meetings, households and towns at random against a model of who may know what."""
