"""Who reviews: invitations and their answers."""
