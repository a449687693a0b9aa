"""Signing in with a provider that others wrote."""
