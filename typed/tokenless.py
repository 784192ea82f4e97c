"""Forms that a page may have which everybody is given, and so has no token.

See docs/adr/0017-forms-without-tokens.md.
"""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def tokenless(view: View) -> View:
    """Let a view be asked by a form without a token, where a browser vouches for its page."""
    view.is_tokenless = True  # type: ignore[attr-defined]
    return view
