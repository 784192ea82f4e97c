"""docs/scaling.md says of every table where it ends."""

import re

from django.apps import apps
from django.conf import settings


def test_every_table_has_its_end_in_the_paper() -> None:
    paper = (settings.BASE_DIR / "docs/scaling.md").read_text()
    part = paper.partition("## What grows")[2].partition("\n## ")[0]
    named = re.findall(r"[a-z]+_[a-z_]+", " ".join(re.findall(r"^\|([^|]+)\|", part, re.MULTILINE)))
    models = apps.get_models(include_auto_created=True)
    there = {model._meta.db_table for model in models if model._meta.managed}

    assert {*named} == there
    assert len(named) == len(there)
