"""Addresses of ours that open something for whoever has them, left out of what others read."""

import re

# What `new_secret` makes, a link of `accounts.links`, and the key of a link for a new password.
# The names of things have no capitals.
SECRET = re.compile(
    r"(?<=/)(?:(?=[\w-]*[A-Z])[\w-]{20,}|\d+-\d{6}-[\w-]{22}|\w{5,}-[0-9a-f]{32})(?![\w-])"
)


def without_secrets(text: str) -> str:
    return SECRET.sub("…", text)
