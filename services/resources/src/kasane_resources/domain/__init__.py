"""The nouns and rules of resources: plain Python."""
