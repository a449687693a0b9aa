"""The command ``kasane``: puts services, plugins and adapters together into one process or many."""
