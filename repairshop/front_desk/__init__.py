"""The front page of the admin: what needs doing now, how the money goes, and what is wrong."""
