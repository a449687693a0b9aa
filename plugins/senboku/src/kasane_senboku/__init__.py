"""仙北市の仕組み: the town plugin of Semboku City."""
