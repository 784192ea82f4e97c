import secrets


def new_secret() -> str:
    """128 random bits for an address that nobody can guess."""
    return secrets.token_urlsafe(16)
