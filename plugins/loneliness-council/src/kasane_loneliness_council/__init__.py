"""The council against loneliness and isolation, as a programme."""
