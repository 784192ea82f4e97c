"""The settings of a shop as a file, without secrets: those are kept where passwords are."""

import os
import shlex

from repairshop.environment import SECRETS

# All of docs/settings.md.
NAMES = [
    "ALLOWED_HOSTS",
    "AWS_ACCESS_KEY_ID",
    "AWS_PRIVATE_BUCKET_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_STORAGE_BUCKET_NAME",
    "BAG_LIMIT",
    "CONFIRM_MINUTES",
    "CURRENCY",
    "DATABASE_CONNECTIONS",
    "DATABASE_OWNER_URL",
    "DATABASE_POOLED",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "DRAFTS_PER_HOUR_PER_ADDRESS",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_TIMEOUT",
    "EMAIL_URL",
    "EMAIL_USE_TLS",
    "ENV_FILE",
    "ERRORS_TO",
    "FACTORS_PER_HOUR_PER_ADDRESS",
    "FORM_BYTES",
    "GUARANTEE_DAYS",
    "HOLDS_PER_HOUR_PER_ACCOUNT",
    "HOLDS_PER_HOUR_PER_ADDRESS",
    "HOLD_MINUTES",
    "HSTS_PRELOAD",
    "LANGUAGE_CODE",
    "LINK_DAYS",
    "MAIL_DAYS",
    "MAINTENANCE",
    "MEDIA_ROOT",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    "MIGRATE_SECONDS",
    "ORDERS_PER_HOUR_PER_ADDRESS",
    "PHOTOS_PER_HOUR_PER_ADDRESS",
    "PHOTO_MEGABYTES_PER_HOUR_PER_ADDRESS",
    "PICTURES_FROM",
    "PICTURES_FROM_PRIVATE_ADDRESSES",
    "PORT",
    "PRIVATE_MEDIA_ROOT",
    "REGISTRATIONS_PER_HOUR_PER_ADDRESS",
    "RESETS_PER_HOUR_PER_ADDRESS",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SECURE",
    "SECURITY_LOG_DAYS",
    "SENTRY_DSN",
    "SESSIONS_PER_HOUR_PER_ADDRESS",
    "STAFF_IDLE_MINUTES",
    "STAFF_SECOND_FACTOR",
    "STATIC_ROOT",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "SURNAME_ABOVE",
    "TIMER",
    "TIMER_SECONDS",
    "TIME_ZONE",
    "TRUSTED_PROXIES",
    "UNCONFIRMED_PIECES",
    "UNCONFIRMED_VALUE",
    "UNPAID_ORDERS",
    "UNPAID_VALUE",
    "WAITLIST_LIMIT",
    "WEB_CONCURRENCY",
]


def settings_text() -> str:
    """Lines of `NAME=value` as a shell reads them."""
    lines = []
    for name in NAMES:
        if name in SECRETS and (name in os.environ or f"{name}_FILE" in os.environ):
            lines.append(f"# {name} is a secret: keep it where you keep passwords")
        elif name in os.environ:
            lines.append(f"{name}={shlex.quote(os.environ[name])}")
    return "\n".join([*lines, ""])
