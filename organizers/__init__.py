"""Pages that only organizers need and that cut across."""
