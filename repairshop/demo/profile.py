"""What the demo shop says about itself."""

import tomllib
from pathlib import Path

from repairshop.demo.translations import translate
from store.models import ShopProfile

FURTHER_LANGUAGES = ["de", "fr"]
PROFILE = Path(__file__).parent / "profile.toml"


def fill_profile() -> bool:
    """Fill the shop's profile unless somebody has written in it; return whether it was filled."""
    profile = ShopProfile.get_solo()
    untouched = ShopProfile()
    values: dict[str, str] = tomllib.loads(PROFILE.read_text("utf-8"))
    # A default that only the database knows is none here: these are empty until somebody writes.
    if any(getattr(profile, field) not in {"", str(getattr(untouched, field))} for field in values):
        return False
    for field, value in values.items():
        setattr(profile, field, value.strip())
    profile.further_languages = FURTHER_LANGUAGES
    for field in ("tagline", "opening_hours"):
        translate(profile, field, "profile", field)
    profile.save()
    return True
