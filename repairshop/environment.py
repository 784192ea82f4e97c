"""Strict readers of the environment, for `settings.py`: a typo stops the shop from starting."""

import os
import re
import sys
from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_precision
from django.core.exceptions import ImproperlyConfigured

from money.currency import MOST_DECIMALS

# What the shop may speak, each by its own name: English, and those whose catalogue is whole, which
# `make lint` sees to. docs/translating.md says how one is added.
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("nl", "Nederlands"),
    ("it", "Italiano"),
    ("es", "Español"),
]
# As Django's `check --deploy` wants it.
SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 5
# What may stand in a file that a host or a vault lays there: `SECRET_KEY_FILE` says where.
SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "EMAIL_URL",
    "EMAIL_HOST_PASSWORD",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
)
# Commands of `manage.py` that make or copy tables.
AS_OWNER = {"migrate", "backup", "restore"}
# Of PostgreSQL's `sslmode`: those with which a connection may go unencrypted.
WITHOUT_TLS = {"disable", "allow", "prefer"}


def env_bool(name: str, *, default: bool) -> bool:
    """Read a boolean; a typo in the environment must not pass for False."""
    return env_choice(name, ("True", "False"), default=str(default)) == "True"


def env_choice(name: str, choices: Collection[str], *, default: str) -> str:
    value = os.environ.get(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {value!r}")
    return value


def env_int(name: str, *, default: int, least: int = 1) -> int:
    """Read a whole number that is not below `least`."""
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least}, not {value!r}")
    return int(value)


def env_currency(name: str, *, default: str) -> str:
    value = os.environ.get(name, default)
    if not re.fullmatch("[A-Z]{3}", value):
        raise ImproperlyConfigured(f"{name} must be a code like EUR or USD, not {value!r}")
    if get_currency_precision(value) > MOST_DECIMALS:
        raise ImproperlyConfigured(f"{name} must have {MOST_DECIMALS} decimals at most: {value!r}")
    return value


def env_languages(name: str) -> list[tuple[str, str]]:
    """All languages, the one first that a shop is set up with, such as `de` or `de-at`."""
    value = os.environ.get(name, "en")
    language = value.partition("-")[0]
    if language not in dict(LANGUAGES) or not re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", value):
        known = " or ".join(code for code, _own_name in LANGUAGES)
        raise ImproperlyConfigured(
            f"{name} must be {known}, or one of them as it is written somewhere, such as en-ie; "
            f"not {value!r}"
        )
    others = [(code, own_name) for code, own_name in LANGUAGES if code != language]
    return [(value, dict(LANGUAGES)[language]), *others]


def env_url(name: str, *, default: str) -> str:
    """Read the origin of a service: scheme, host and port, without a path."""
    value = os.environ.get(name) or default
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?", value):
        raise ImproperlyConfigured(
            f"{name} must be an address like https://api.example.com, not {value!r}"
        )
    return value


def env_list(name: str) -> list[str]:
    """Read a list of comma separated values; unset is an empty list."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def env_secret(name: str, *, strong: bool) -> str:
    """Read a secret, without which only `collectstatic` may run; a short one is refused.

    A host collects static files before its owner has set anything, so that first
    build must pass; it reads no secret.
    """
    if key := os.environ.get(name):
        if strong and (len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_CHARACTERS):
            raise ImproperlyConfigured(
                f"{name} must have {SHORTEST_SECRET} characters or more, chosen by chance, such as "
                "python -c 'import secrets; print(secrets.token_urlsafe(50))' prints"
            )
        return key
    if sys.argv[1:2] == ["collectstatic"]:
        return "only-for-collectstatic"
    raise ImproperlyConfigured(
        f"{name} is not set: put a long random value into the environment or into env.py."
    )


def read_secret_files() -> None:
    """Take secrets out of the files that the environment names for them."""
    for name in SECRETS:
        path = os.environ.get(f"{name}_FILE")
        if not path:
            continue
        if name in os.environ:
            raise ImproperlyConfigured(f"{name} and {name}_FILE are set: one of them is enough.")
        try:
            os.environ[name] = Path(path).read_text("utf-8").strip()
        except OSError as problem:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {problem}") from problem


def database_variable() -> str:
    """Where the database is named: for who makes and copies its tables, as somebody who may.

    The web process needs no more than to read and write rows, see docs/deploying.md.
    """
    as_owner = AS_OWNER.intersection(sys.argv[1:2]) and os.environ.get("DATABASE_OWNER_URL")
    return "DATABASE_OWNER_URL" if as_owner else "DATABASE_URL"


def require_tls(database: dict[str, Any]) -> None:
    """Encrypt what goes to a database elsewhere. A name without a dot is a container beside us."""
    host = str(database.get("HOST") or "")
    if host.startswith("/") or "." not in host.replace(":", ".") or is_own(host):
        return
    mode = database["OPTIONS"].setdefault("sslmode", "require")
    if mode in WITHOUT_TLS:
        raise ImproperlyConfigured(
            f"DATABASE_URL says sslmode={mode}: {host} is reached by TLS only."
        )


def is_own(host: str) -> bool:
    """Whether it is this machine, or one in its own network."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return False
