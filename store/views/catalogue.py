from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db.models import BigIntegerField, CharField
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from outside.heavy import searches
from store.catalogue_filter import Choices
from store.forms import FilterForm
from store.hold_time import hold_minutes
from store.models import Category, Item, ItemImage, PastAddress, ShopProfile
from store.navigation import CategoryLink, category_link, with_parents
from store.page_cache.offering import offer
from store.page_cache.watching import ARRIVALS
from store.paging import COUNT_UP_TO, NoSuchPage, Page, count_some, page_number, page_of
from store.shipping.choice import delivery_of
from store.similar import alike, newest_but, to_be_had
from store.statements import Statement
from store.stock import stock_of
from store.structured_data import product_data
from store.tiles import AVAILABLE, tiles_of

# Where nothing is found.
NEWEST = 3
SUGGESTED, LONGEST_SUGGESTED = 6, 60
# One for all, so that its HTML is cached.
BLANK = FilterForm({})
ITEM = Statement(
    lambda slug: Item.objects.published().with_neighbours().filter(slug=slug), slug=CharField()
)
IMAGES = Statement(lambda item: ItemImage.objects.filter(item=item), item=BigIntegerField())


def in_room(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Where words are asked for, let no more searches run at once than leave threads for others.

    One client that asks for common words over and over would be the end of all pages.
    """

    @wraps(view)
    def placed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("q"):
            return view(request, *args, **kwargs)
        with searches.place():
            return view(request, *args, **kwargs)

    return placed


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    arrivals = tiles_of(AVAILABLE.order_by("-pk")[:ARRIVALS])
    context = {
        "newest": arrivals[0] if arrivals else None,
        "others": arrivals[1:],
        "hold_minutes": hold_minutes(),
    }
    offer(request, arrivals=[tile.pk for tile in arrivals])
    return render(request, "store/front.html", context)


@require_safe
@in_room
def item_list(request: HttpRequest, slug: str = "") -> HttpResponse:
    category, parent = category_of_slug(slug) if slug else (None, None)
    if slug and category is None:
        return redirect_to_renamed(request, category__isnull=False, slug=slug)
    form = FilterForm(request.GET) if request.GET else BLANK
    if not form.filtered:
        form = BLANK
    choices = form.choices._replace(categories=category.pks if category else None)
    context: dict[str, Any] = {
        "category": category,
        "parent": parent,
        "nav_current": request.path,
    }
    try:
        number = page_number(request.GET.get("page", "1"))
        page = page_of(choices, number)
    except NoSuchPage:
        return render(request, "store/item_list.html", {**context, "form": form}, status=404)
    if choices.q and not page.tiles and (meant := choices.meant()):
        context["asked"] = choices.q
        form, choices = form.asking(meant), choices._replace(q=meant)
        page = page_of(choices, number)
    if form.filtered:
        context["count"] = count_some(choices) if page.more or page.number > 1 else len(page.tiles)
        context["count_up_to"] = COUNT_UP_TO
    context["facets"] = choices.facets()
    if not page.tiles and (category or form.filtered):
        context["newest"] = tiles_of(AVAILABLE.order_by("-pk")[:NEWEST])
    context.update(form=form, page=page, **links_of(request, form, page))
    # What words may have been meant hangs on all words of the shop.
    if page.tiles and not choices.available and "asked" not in context:
        offer(request, page.tiles, by_any=form.filtered)
    return render(request, "store/item_list.html", context)


@require_safe
@cache_control(private=True, max_age=60)
@in_room
def suggestions(request: HttpRequest) -> JsonResponse:
    """What a search as far as it is typed would show first, for `static/js/search.js`."""
    found = Choices(q=request.GET.get("q", "")[:LONGEST_SUGGESTED].strip() or None)
    tiles = page_of(found, 1).tiles if found.q else []
    different = {(tile.title, tile.maker): tile for tile in reversed(tiles)}
    things = [
        {"title": tile.title, "maker": tile.maker, "address": tile.get_absolute_url()}
        for tile in reversed(different.values())
    ]
    return JsonResponse({"things": things[:SUGGESTED]})


def category_of_slug(slug: str) -> tuple[CategoryLink | None, CategoryLink | None]:
    """Find a category and what it is part of among those of the header, or in the database
    if it is brand-new.
    """
    for link, parent in with_parents():
        if link.slug == slug:
            return link, parent
    found = Category.objects.filter(slug=slug).first()
    return (category_link(found) if found else None), None


def redirect_to_renamed(request: HttpRequest, **past: Any) -> HttpResponse:
    """Lead to where a thing or category is found today, or raise Http404."""
    found = PastAddress.objects.select_related("item", "category").filter(**past).first()
    thing = (found.item or found.category) if found else None
    if thing is None or (isinstance(thing, Item) and not thing.published):
        raise Http404
    address = thing.get_absolute_url()
    query = request.META["QUERY_STRING"]
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def links_of(request: HttpRequest, form: FilterForm, page: Page) -> dict[str, str]:
    """Addresses of the pages beside this one, and its canonical one without choices."""
    links = {"canonical": request.build_absolute_uri(request.path)}
    if page.number > 1:
        links["previous"] = request.path + form.address(page=page.number - 1)
        links["canonical"] += f"?page={page.number}"
    if page.more:
        links["next"] = request.path + form.address(page=page.number + 1)
    return links


def category_of(item: Item) -> tuple[CategoryLink, CategoryLink | None]:
    """The category of an item and what that is part of, as the header has them."""
    for link, parent in with_parents():
        if link.pk == item.category_id:
            return link, parent
    return category_link(item.category), None


@require_safe
def item_detail(request: HttpRequest, slug: str) -> HttpResponse:
    item = next(iter(ITEM.rows(slug=slug)), None)
    if item is None:
        return redirect_to_renamed(request, item__isnull=False, slug=slug)
    return item_page(request, item)


def item_page(request: HttpRequest, item: Item, *, is_preview: bool = False) -> HttpResponse:
    """The page of an item; a preview shows staff what nobody else sees yet."""
    category, parent = category_of(item)
    stock = stock_of(item)
    canonical = request.build_absolute_uri(item.get_absolute_url())
    images = in_words(IMAGES.rows(item=item.pk), item)
    pictures = [request.build_absolute_uri(image.large_url) for image in images]
    shop = ShopProfile.for_pages()
    beside = alike(item)
    similar = to_be_had(beside)
    if not (similar or stock.on_sale):
        similar = newest_but(item)
    if stock.available and not stock.held and not is_preview:
        offer(request, beside, unheld=item.pk)
    is_margin = item.tax_scheme == Item.TaxScheme.MARGIN
    context = {
        "item": item,
        "tax_rate": shop.rate_of(item.tax_scheme),
        "margin_note": shop.margin_note_of(item.nature) if is_margin else "",
        "is_preview": is_preview,
        "category": category,
        "parent": parent,
        "images": images,
        "stock": stock,
        "delivery": delivery_of(item, request),
        "similar": similar,
        "choices": range(1, stock.available + 1),
        "canonical": canonical,
        "picture": pictures[0] if pictures else "",
        "json_ld": product_data(
            item, category=category.name, stock=stock, url=canonical, pictures=pictures
        ),
    }
    return render(request, "store/item_detail.html", context)


def in_words(images: Iterable[ItemImage], item: Item) -> list[ItemImage]:
    """The pictures of an item with what is seen, in the active language; not to be saved."""
    found = list(images)
    for image in found:
        image.alt_text = image.alt_in_words(item.translated.title)
    return found


@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A picture by itself, where the lightbox cannot be: the first has the number 1."""
    item = Item.objects.published().filter(slug=slug).first()
    if item is None:
        return redirect_to_renamed(request, item__isnull=False, slug=slug)
    images = in_words(item.images.all(), item)
    if not 1 <= number <= len(images):
        raise Http404
    beside = range(1, len(images) + 1)
    pages = ["", *(reverse("store:picture", args=[slug, each]) for each in beside), ""]
    context = {
        "item": item,
        "image": images[number - 1],
        "number": number,
        "total": len(images),
        "previous": pages[number - 1],
        "next": pages[number + 1],
    }
    return render(request, "store/picture.html", context)
