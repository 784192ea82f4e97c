"""What a view says of a page that may be given to everybody."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from store.page_cache.watching import NO_ITEM, Shown
from store.tiles import Tile


def offer(
    request: HttpRequest,
    tiles: Iterable[Tile] = (),
    *,
    unheld: int = NO_ITEM,
    arrivals: list[int] | None = None,
    by_any: bool = False,
) -> None:
    """Say that the page is the same for every visitor whom the shop does not know.

    `tiles`: the cards on it, and others whose holds decide which are. `unheld`: the thing whose
    page it is, of which nobody holds a piece. `arrivals`: the keys of the newest that are
    available, on the front page. `by_any`: each change of a thing, on the page or not, may change
    it.
    """
    ends = {tile.pk: tile.ends for tile in tiles if tile.ends is not None}
    shown = Shown(ends, unheld, None if arrivals is None else tuple(arrivals), by_any)
    request.shown = shown  # type: ignore[attr-defined]


def offered(request: HttpRequest) -> Shown | None:
    return getattr(request, "shown", None)


def offering(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view of any things, the same for everybody, on which nobody sees what is held."""

    @wraps(view, updated=())
    def offered_by(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        offer(request, by_any=True)
        return view(request, *args, **kwargs)

    return offered_by
