"""春日井市の仕組み: the town plugin of Kasugai City."""
