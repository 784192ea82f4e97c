"""Saved things: what a visitor wants to find again. Nobody is mailed of them, unlike of wishes."""
