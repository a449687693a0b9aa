"""The door for a program: the JSON API of intake."""
