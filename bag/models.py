"""The bag has no table: the session has what is wanted, the pieces what is held."""
