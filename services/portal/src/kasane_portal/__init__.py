"""The entrance: signing in, my tasks, the town's accounts, the prefecture's overview."""
