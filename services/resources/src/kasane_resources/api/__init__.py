"""The JSON API of resources."""
