"""The door for a person: forms and pages of outreach."""
