"""What the demo shop says in its further languages."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from typed.translated import TranslatedMixin

TRANSLATIONS = Path(__file__).parent / "translations.toml"


@cache
def load_translations() -> dict[str, Any]:
    """By language and kind."""
    return tomllib.loads(TRANSLATIONS.read_text("utf-8"))


def translate(row: TranslatedMixin, field: str, kind: str, name: str) -> None:
    """Say what is known of it in all languages; it is not saved by this."""
    for language, kinds in load_translations().items():
        row.translate(field, language, kinds[kind].get(name, "").strip())
