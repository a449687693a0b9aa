"""What a person can do in the portal, and what the portal does when others speak."""
