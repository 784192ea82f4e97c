"""How much a request may bring along, by its address."""

from urllib.parse import unquote

from django.conf import settings
from django.urls import Resolver404

from store.pictures.uploads import MAX_FORM_BYTES
from typed.languages import page_at

# Pages of customers whose forms take files. Of staff, every page may take files or long texts.
TAKE_FILES = {"repairs:ticket-create", "repairs:add-image", "repairs:message"}


def most_bytes(path: str) -> int:
    """Of the body of a request for this path, which may be percent-encoded."""
    try:
        found = page_at(unquote(path))
    except Resolver404:
        return int(settings.FORM_BYTES)
    is_staffs = "admin" in found.app_names and found.url_name != "login"
    return MAX_FORM_BYTES if is_staffs or found.view_name in TAKE_FILES else settings.FORM_BYTES
