"""生駒市の仕組み: the town plugin of Ikoma City."""
