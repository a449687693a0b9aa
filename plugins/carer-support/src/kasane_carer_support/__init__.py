"""Support for carers, as a programme."""
