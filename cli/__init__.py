"""The commands of ./dateline, one module each."""
