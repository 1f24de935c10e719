"""Venues: their dates, people's roles, topics and rules."""
