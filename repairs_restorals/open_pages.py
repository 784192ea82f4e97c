"""Pages that were open while this release was deployed; goes with the next one."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

# How the version before calls what these pages send.
OLD_NAMES = {
    "idempotency_key": "submission",
    "version": "seen",
    "transition-to": "move-to",
    "transition-version": "move-seen",
    "transition-note": "move-note",
}


def with_new_names(data: Mapping[str, Any]) -> Any:
    """What was sent or kept, its fields called as they are today."""
    renamed: Any = data.copy() if isinstance(data, QueryDict) else dict(data)
    for name, old in OLD_NAMES.items():
        if old in renamed:
            renamed.setdefault(name, renamed[old])
    return renamed
