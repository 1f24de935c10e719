"""The public site of a venue."""
