"""Reviews: the form, its draft, and what was handed in."""
