"""Kills, restarts and wipes what the distributed mode consists of, and counts afterwards."""
