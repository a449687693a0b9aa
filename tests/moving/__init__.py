"""A town goes from one complete installation to another, and nothing is lost on the way."""
