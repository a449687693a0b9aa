"""The published language: what services say to each other, and the words for it."""
