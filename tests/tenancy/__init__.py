"""The town wall, tried at every door of every service."""
