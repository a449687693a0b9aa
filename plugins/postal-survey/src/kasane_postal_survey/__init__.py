"""A questionnaire by post, as a programme."""
