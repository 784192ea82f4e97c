"""All settings of the shop, read from the environment.

`env.py` beside `manage.py` may put values into the environment first;
`env.py.example` shows every one of them. `docs/settings.md` has the table.
"""

import os
import runpy
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
import django_heroku
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from money.currency import unit_of
from repairshop.environment import (
    database_variable,
    env_bool,
    env_choice,
    env_currency,
    env_int,
    env_languages,
    env_list,
    env_secret,
    env_url,
    read_secret_files,
    require_tls,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# Tests name another file, or none, so that no developer's own values reach them.
env_file = os.environ.get("ENV_FILE", str(BASE_DIR / "env.py"))
if Path(env_file).is_file():
    runpy.run_path(env_file)
read_secret_files()

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", strong=not DEBUG)
# Keys that were in use before: what they signed is still good, nothing new is signed with them.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ON_HEROKU = "DYNO" in os.environ
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the shop's addresses, not all: links in mails lead to the one "
        "that was asked for, such as those for a new password"
    )
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(".")]

INSTALLED_APPS = [
    # Before ours, whose admin takes back what they would show in it.
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp_webauthn",
    "repairshop",
    "invoices",
    "bag",
    "repairs_restorals",
    "store",
    "accounts",
    "mail",
    "repairshop.front_desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "csp",
    "solo",
]

MIDDLEWARE = [
    "repairshop.middleware.RequestIdMiddleware",
    "repairshop.page_cache.PageCacheMiddleware",
    "repairshop.compression.CompressionMiddleware",
    # What sets headers stands outside of what may answer by itself.
    "repairshop.middleware.BoundariesMiddleware",
    "repairshop.speculation.SpeculationMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "repairshop.maintenance.MaintenanceMiddleware",
    "repairshop.languages.LanguageMiddleware",
    "repairshop.refusals.RefusalMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "repairshop.cookies.NamesBeforeMiddleware",
    "repairshop.middleware.SessionMiddleware",
    "repairshop.new_sessions.NewSessionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "bag.cookie.BagCookieMiddleware",
    "repairshop.csrf.OwnPagesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "typed.requests.TidyMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.logins.session.LoginsMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.factors.session.SecondFactorMiddleware",
    "repairshop.languages.StaffLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "repairshop.resend.KeepWhatWasSentMiddleware",
    "axes.middleware.AxesMiddleware",
    "repairshop.aged_links.AgedLinkMiddleware",
    "invoices.payments.middleware.stripe_in_a_hurry",
]

ROOT_URLCONF = "repairshop.urls"
WSGI_APPLICATION = "repairshop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "store.context_processors.shop",
                "bag.context_processors.bag",
                "invoices.context_processors.orders",
            ],
            "libraries": {"money": "money.filters"},
        },
    },
]
# Help beside a field is text, as all else that is shown.
FORM_RENDERER = "typed.help_texts.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "repairshop"
CRISPY_TEMPLATE_PACK = "repairshop"

# --- Database ---------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(
        env=database_variable(),
        default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}",
        conn_max_age=600,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue for up to 20 s instead of seeing "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
# How long one statement of `migrate` may take, while a shop that serves may have to wait for it.
MIGRATE_SECONDS = env_int("MIGRATE_SECONDS", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- People and sessions ----------------------------------------------------

SESSION_ENGINE = "repairshop.sessions"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.guessing.PausingBackend",
    "accounts.passwords.NotingBackend",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
    {"NAME": "accounts.passwords.ShopNameValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:profile"
LOGOUT_REDIRECT_URL = None
# django-axes counts an account from an address; `accounts.guessing` counts each of both alone, and
# makes whoever guesses wait. Nobody can lock somebody else out of a browser that is known.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_WHITELIST_CALLABLE = "accounts.guessing.is_waved_through"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# Further tries while locked out do not prolong it: the page that says until when is right.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.throttling.login_name"
# Failed tries are kept with what was sent, so every password field has to be named.
AXES_SENSITIVE_PARAMETERS = ["username", "old_password", "new_password1", "new_password2", "code"]
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "accounts.networks.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_VERBOSE = False

# How long a log-in lasts, and how long one of staff during which they do nothing.
LONGEST_LOGIN = timedelta(days=30)
SESSION_COOKIE_AGE = int(LONGEST_LOGIN.total_seconds())
STAFF_LONGEST_LOGIN = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=env_int("STAFF_IDLE_MINUTES", default=60))
# Whether staff need more than a password. Off where a newcomer tries the demo shop.
STAFF_SECOND_FACTOR = env_bool("STAFF_SECOND_FACTOR", default=not DEBUG)
# How long after a log-in or the last time it is not asked again who it is, before it matters.
CONFIRM_AGAIN_AFTER = timedelta(minutes=15)
OTP_WEBAUTHN_HELPER_CLASS = "accounts.factors.passkeys.PasskeyHelper"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
# The helper names them by the address that was asked; these only please the library's checks.
OTP_WEBAUTHN_RP_ID = OTP_WEBAUTHN_RP_NAME = "localhost"
OTP_WEBAUTHN_ALLOWED_ORIGINS = ["http://localhost"]

SECURITY_LOG_DAYS = env_int("SECURITY_LOG_DAYS", default=365)

# --- The shop ---------------------------------------------------------------

LANGUAGES = env_languages("LANGUAGE_CODE")
LANGUAGE_CODE = LANGUAGES[0][0]
TIME_ZONE = os.environ.get("TIME_ZONE", "Europe/Berlin")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["repairshop.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]

CURRENCY = env_currency("CURRENCY", default="EUR")
HOLD_FOR = timedelta(minutes=env_int("HOLD_MINUTES", default=15))
# Limits of a visitor: pieces in a bag, pieces held in an hour, waiting lists at a time.
BAG_LIMIT = env_int("BAG_LIMIT", default=10)
# `TAKES_PER_…` and `LINE_LIMIT` are their names of the release before.
HOLDS_PER_HOUR_PER_ADDRESS = env_int(
    "HOLDS_PER_HOUR_PER_ADDRESS", default=env_int("TAKES_PER_ADDRESS", default=60)
)
HOLDS_PER_HOUR_PER_ACCOUNT = env_int(
    "HOLDS_PER_HOUR_PER_ACCOUNT", default=env_int("TAKES_PER_ACCOUNT", default=60)
)
# What strangers may set off from one address in an hour; `accounts.limits` has the whole table.
REGISTRATIONS_PER_HOUR_PER_ADDRESS = env_int("REGISTRATIONS_PER_HOUR_PER_ADDRESS", default=20)
RESETS_PER_HOUR_PER_ADDRESS = env_int("RESETS_PER_HOUR_PER_ADDRESS", default=20)
MESSAGES_PER_HOUR_PER_ADDRESS = env_int("MESSAGES_PER_HOUR_PER_ADDRESS", default=60)
FACTORS_PER_HOUR_PER_ADDRESS = env_int("FACTORS_PER_HOUR_PER_ADDRESS", default=60)
ORDERS_PER_HOUR_PER_ADDRESS = env_int("ORDERS_PER_HOUR_PER_ADDRESS", default=30)
SESSIONS_PER_HOUR_PER_ADDRESS = env_int("SESSIONS_PER_HOUR_PER_ADDRESS", default=120)
DRAFTS_PER_HOUR_PER_ADDRESS = env_int("DRAFTS_PER_HOUR_PER_ADDRESS", default=30)
PHOTOS_PER_HOUR_PER_ADDRESS = env_int("PHOTOS_PER_HOUR_PER_ADDRESS", default=200)
PHOTO_MEGABYTES_PER_HOUR_PER_ADDRESS = env_int("PHOTO_MEGABYTES_PER_HOUR_PER_ADDRESS", default=1000)
# What one person may bind without having paid: orders, and their value, €5,000 or ¥500,000.
UNPAID_ORDERS = env_int("UNPAID_ORDERS", default=3)
UNPAID_VALUE = env_int("UNPAID_VALUE", default=int(500_000 * unit_of(CURRENCY)))
# An order on a promise of whoever may not own its address ends so long after the mail with its
# link has left; 0 asks nobody. What all such orders may bind, beyond which the link comes first.
CONFIRM_MINUTES = env_int("CONFIRM_MINUTES", default=60, least=0)
UNCONFIRMED_PIECES = env_int("UNCONFIRMED_PIECES", default=20)
UNCONFIRMED_VALUE = env_int("UNCONFIRMED_VALUE", default=int(2_000_000 * unit_of(CURRENCY)))
# Of quotes for more, whoever answers by the link must know the customer's surname: €500, ¥50,000.
SURNAME_ABOVE = env_int("SURNAME_ABOVE", default=int(50_000 * unit_of(CURRENCY)), least=0)
# After how many days a mailed link is too old, but none before so many have passed since the end of
# what it is about: the time of withdrawal, 14 days, and that of guarantee.
LINK_DAYS = env_int("LINK_DAYS", default=365)
GUARANTEE_DAYS = env_int("GUARANTEE_DAYS", default=730, least=14)
# Visitors find the shop closed while it is looked after; staff do not, and the timer rests.
MAINTENANCE = env_bool("MAINTENANCE", default=False)
WAITLIST_LIMIT = env_int("WAITLIST_LIMIT", default=env_int("LINE_LIMIT", default=5))
timer = env_choice("TIMER", ("on", "off", "tasks"), default="on")
TIMER = timer != "off"
# The timer enqueues its jobs, and `manage.py run_tasks` runs them: `repairshop.tasks`.
TIMER_BY_TASKS = timer == "tasks"
if TIMER_BY_TASKS:
    if not find_spec("django_tasks_db"):
        raise ImproperlyConfigured(
            "TIMER=tasks needs a package that the shop does without otherwise: "
            "pipenv install 'django-tasks-db[compat]'"
        )
    # Before ours, which takes its pages out of the admin.
    INSTALLED_APPS.insert(0, "django_tasks_db")
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
TIMER_SECONDS = env_int("TIMER_SECONDS", default=15)

# --- Files ------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "media"))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Photos of tickets: no address leads here, only views that ask who wants to see them.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": os.environ.get("PRIVATE_MEDIA_ROOT", BASE_DIR / "private")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = ["store.pictures.uploads.LimitedUploadHandler"]
# Of what is sent without files; `repairshop.body_size` says where they may be sent.
FORM_BYTES = env_int("FORM_BYTES", default=100_000)
# Each that is too many gets its own sentence; so many have no honest sender.
DATA_UPLOAD_MAX_NUMBER_FILES = 200
# Such as `127.0.0.1:8001`: imported files may name pictures on any public address, and on these.
PICTURES_FROM_PRIVATE_ADDRESSES = env_list("PICTURES_FROM_PRIVATE_ADDRESSES")
# Such as `cdn.example.com`: where imported files may name pictures; nothing says: anywhere public.
PICTURES_FROM = env_list("PICTURES_FROM")
MEDIA_SOURCES = [SELF]
if os.environ.get("AWS_STORAGE_BUCKET_NAME"):
    # django-storages reads these AWS_* names; the two keys are read by boto3 itself.
    AWS_STORAGE_BUCKET_NAME = os.environ["AWS_STORAGE_BUCKET_NAME"]
    AWS_S3_REGION_NAME = os.environ.get("AWS_S3_REGION_NAME", "us-east-1")
    AWS_S3_ENDPOINT_URL = os.environ.get("AWS_S3_ENDPOINT_URL") or None
    endpoint = urlsplit(AWS_S3_ENDPOINT_URL or f"https://s3.{AWS_S3_REGION_NAME}.amazonaws.com")
    # Where visitors fetch the pictures: a CDN, or the bucket itself.
    AWS_S3_CUSTOM_DOMAIN = (
        os.environ.get("AWS_S3_CUSTOM_DOMAIN") or f"{endpoint.netloc}/{AWS_STORAGE_BUCKET_NAME}"
    )
    AWS_S3_URL_PROTOCOL = f"{endpoint.scheme}:"
    AWS_QUERYSTRING_AUTH = False
    AWS_S3_FILE_OVERWRITE = False
    AWS_S3_OBJECT_PARAMETERS = {"CacheControl": "public, max-age=31536000, immutable"}
    STORAGES["default"] = {"BACKEND": "store.pictures.bucket.Bucket"}
    private_bucket = os.environ.get("AWS_PRIVATE_BUCKET_NAME", "")
    if private_bucket in {"", AWS_STORAGE_BUCKET_NAME}:
        raise ImproperlyConfigured(
            "AWS_PRIVATE_BUCKET_NAME must name a second bucket, which nobody may read but the "
            "shop: photos of repairs are private"
        )
    STORAGES["private"] = {
        "BACKEND": "store.pictures.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": private_bucket,
            "custom_domain": None,
            "default_acl": None,
            "object_parameters": {},
        },
    }
    MEDIA_SOURCES.append(f"{endpoint.scheme}://{AWS_S3_CUSTOM_DOMAIN.split('/')[0]}")

# --- Payments ---------------------------------------------------------------

# Cards are offered when the key is there. A test key may be used anywhere: it moves no money.
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = env_url("STRIPE_API_BASE", default="https://api.stripe.com")
PAY_PAGES: list[str] = []
if STRIPE_SECRET_KEY:
    if not STRIPE_WEBHOOK_SECRET:
        raise ImproperlyConfigured(
            "STRIPE_WEBHOOK_SECRET must be set with STRIPE_SECRET_KEY: without it, nobody "
            "could tell Stripe's messages from forged ones"
        )
    # A browser is sent there after a POST, which a policy on forms forbids otherwise.
    PAY_PAGES = (
        ["https://checkout.stripe.com"]
        if STRIPE_API_BASE == "https://api.stripe.com"
        else [STRIPE_API_BASE]
    )

# --- Security ---------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [*MEDIA_SOURCES, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *PAY_PAGES],
        "frame-ancestors": [NONE],
        "report-uri": ["/csp-report/"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "repairshop.views.csrf_failure"
# `SECURE` may be turned off to try production settings on a machine without TLS.
SECURE = env_bool("SECURE", default=not DEBUG)
if SECURE and STRIPE_SECRET_KEY and not STRIPE_API_BASE.startswith("https://"):
    raise ImproperlyConfigured(
        "STRIPE_API_BASE must begin with https://: the key and all payments go there"
    )
SECURE_SSL_REDIRECT = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
# Forms have their token in a field: no script needs to read the cookie.
CSRF_COOKIE_HTTPONLY = True
# Browsers take such a cookie over TLS only, and from no other host below the same name.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "repairshop.cookies.MessageStorage"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
# Once a browser's list holds the shop's name, it cannot be taken back for months: only when asked.
SECURE_HSTS_PRELOAD = SECURE and env_bool("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # asks for just that
    # Addresses are unique but for "", by which nobody logs in: `UserManager.get_by_natural_key`.
    "auth.W004",
]
# Heroku's router sets X-Forwarded-Proto and appends the visitor's address. Without a
# proxy of ours in front, both headers are whatever the visitor sent.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", default=1 if ON_HEROKU else 0, least=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Programs are not led on, see `typed.machines`.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^stripe/webhook/$", r"^csp-report/$"]

# --- Mail -------------------------------------------------------------------

# EMAIL_URL (smtp://user:password@host:587, smtps:// for TLS from the start) or its parts.
email = urlsplit(os.environ.get("EMAIL_URL", ""))
if os.environ.get("EMAIL_URL") and email.scheme not in {"smtp", "smtps"}:
    raise ImproperlyConfigured("EMAIL_URL must begin with smtp:// or smtps://")
EMAIL_HOST = email.hostname or os.environ.get("EMAIL_HOST", "")
EMAIL_USE_SSL = email.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and env_bool("EMAIL_USE_TLS", default=True)
EMAIL_PORT = email.port or env_int("EMAIL_PORT", default=465 if EMAIL_USE_SSL else 587)
EMAIL_HOST_USER = unquote(email.username or "") or os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = unquote(email.password or "") or os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT", default=5)
# Without a mail server, mails are printed; a deployed shop logs no more than that there was one.
NO_SERVER = "mail.unsent.ConsoleBackend" if DEBUG else "mail.unsent.EmailBackend"
EMAIL_BACKEND = "mail.smtp.EmailBackend" if EMAIL_HOST else NO_SERVER
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "shop@localhost")
# How long the outbox remembers what was sent.
KEEP_MAILS = timedelta(days=env_int("MAIL_DAYS", default=30))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who runs the program and is told where it fails; else the shop's own address is.
ERRORS_TO = os.environ.get("ERRORS_TO", "")
# Where Sentry hears of it, too; without it, its library is not even imported.
SENTRY_DSN = os.environ.get("SENTRY_DSN", "")

# --- Logging ----------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "repairshop.middleware.RequestIdFilter"},
        "secrets": {"()": "repairshop.middleware.SecretsFilter"},
        "refusals": {"()": "repairshop.middleware.RefusalFilter"},
    },
    "formatters": {
        "line": {
            "()": "repairshop.middleware.LineFormatter",
            "format": "{levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
            "filters": ["request_id", "secrets", "refusals"],
        },
        # Lines that are JSON already, for whatever watches over logs.
        "json": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would add mails to admins and a second line.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        "axes": {"level": "WARNING"},
        "security": {"handlers": ["json"], "level": "INFO", "propagate": False},
        "stripe": {"level": "WARNING"},
    },
}

if ON_HEROKU:
    django_heroku.settings(locals(), staticfiles=False, allowed_hosts=False, logging=False)
# Behind PgBouncer in transaction mode: what outlives a transaction in the server, such as a cursor,
# would be in somebody else's way next.
DATABASE_POOLED = env_bool("DATABASE_POOLED", default=False)
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLED
# A restarted database is found again, and one that is away is not waited for.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "repairshop.postgresql"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    require_tls(DATABASES["default"])
