"""A working day of the whole country, simulated from assumptions that are written down."""
