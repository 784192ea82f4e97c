"""What `manage.py check` and `migrate` say of the whole shop."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.translation import to_locale


@checks.register()
def languages_are_compiled(**kwargs: Any) -> list[checks.CheckMessage]:
    """English stands in the source; every other language is compiled, which nobody commits."""
    return [
        checks.Warning(
            f"The catalogue of {code} is not compiled: pages in it are half English.",
            hint="Run: pybabel compile --directory locale --domain django",
            id="repairshop.W001",
        )
        for code, _name in settings.LANGUAGES
        if not code.startswith("en") and not is_compiled(code.partition("-")[0])
    ]


def is_compiled(language: str) -> bool:
    return any(
        (folder / to_locale(language) / "LC_MESSAGES" / "django.mo").exists()
        for folder in settings.LOCALE_PATHS
    )
