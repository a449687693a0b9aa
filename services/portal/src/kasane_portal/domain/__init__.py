"""The rules of the entrance, in plain Python."""
