"""People: sign-up with verified e-mails, sign-in, passwords."""
