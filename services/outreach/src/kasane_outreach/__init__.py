"""Outreach: households that somebody should reach, visits, rounds, and what came of them."""
