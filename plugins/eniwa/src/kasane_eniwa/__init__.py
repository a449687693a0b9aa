"""恵庭市の仕組み: the town plugin of Eniwa City."""
