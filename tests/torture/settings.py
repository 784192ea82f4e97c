"""The shop's own settings, but for what costs time and has no part in any promise here."""

from repairshop.settings import *  # noqa: F403
from repairshop.settings import EMAIL_HOST, STORAGES

# Static files under their plain names, without `collectstatic`.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# To hash a password is slow by design.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
