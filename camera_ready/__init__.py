"""Final files of accepted papers."""
