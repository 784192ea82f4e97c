"""The bag has no table: the session remembers what the shopper wants, the pieces say what is held."""
