"""Private servers and a browser for the tests that need real ones."""
