"""つなぐシート, as several towns use it."""
