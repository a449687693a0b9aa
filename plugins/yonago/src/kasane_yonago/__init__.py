"""米子市の仕組み: the town plugin of Yonago City."""
