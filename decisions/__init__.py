"""Decisions, their release and the letters that tell of them."""
