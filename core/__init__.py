"""The ground: database, clock, files, jobs, tokens. Knows no word of the field."""
