"""Wishes: whoever came too late for a thing may be told when something like it comes in."""
