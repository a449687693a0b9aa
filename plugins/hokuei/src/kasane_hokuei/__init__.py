"""北栄町の仕組み: the town plugin of Hokuei Town."""
