"""Coming in to the desk: sign-in, passwords, invitations."""
