"""The JSON API of the entrance."""
