"""Pages that were open while this release was deployed; goes with the next one."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

# What the version before calls the parts of its fields' names, and how they are called today.
NEW_NAMES = {
    "submission": "idempotency_key",
    "key": "idempotency_key",
    "seen": "version",
    "move": "transition",
}


def with_new_names(data: Mapping[str, Any]) -> Any:
    """What was sent or kept, with its fields also called as they are today."""
    renamed: Any = data.copy() if isinstance(data, QueryDict) else dict(data)
    for old in list(renamed):
        new = "-".join(NEW_NAMES.get(part, part) for part in old.split("-"))
        if new != old:
            renamed.setdefault(new, renamed[old])
    return renamed
