from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from store.cards import FREE, cards_of
from store.forms import FilterForm
from store.models import Category, Item
from store.navigation import CategoryLink, category_links
from store.paging import COUNT_UP_TO, NoSuchPage, Page, count_some, page_number, page_of
from store.product_data import product_data
from store.stock import stock_of

ARRIVALS = 9
# One for all, so that its HTML is remembered.
BLANK = FilterForm({})
SHOWN = Item.objects.published().with_neighbours().select_related("category")


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    arrivals = cards_of(FREE.order_by("-pk")[:ARRIVALS])
    context = {
        "newest": arrivals[0] if arrivals else None,
        "others": arrivals[1:],
        "hold_minutes": round(settings.HOLD_FOR.total_seconds() / 60),
    }
    return render(request, "store/front.html", context)


@require_safe
def item_list(request: HttpRequest, slug: str = "") -> HttpResponse:
    category = category_or_404(slug) if slug else None
    form = FilterForm(request.GET)
    if not form.filtered:
        form = BLANK
    rows = form.rows()
    if category:
        rows = rows.filter(category=category.pk)
    context: dict[str, Any] = {"category": category, "form": form, "nav_current": request.path}
    try:
        number = page_number(request.GET.get("page", "1"))
        page = page_of(rows, number)
    except NoSuchPage:
        return render(request, "store/item_list.html", context, status=404)
    if form.filtered:
        context["count"] = count_some(rows) if page.more or page.number > 1 else len(page.cards)
        context["count_up_to"] = COUNT_UP_TO
    context.update(page=page, **links_of(request, form, page))
    return render(request, "store/item_list.html", context)


def category_or_404(slug: str) -> CategoryLink:
    """Find a category among those of the header, or in the database if it is brand-new."""
    for link in category_links():
        if link.slug == slug:
            return link
    category = get_object_or_404(Category, slug=slug)
    return CategoryLink(category.pk, category.name, category.slug, category.get_absolute_url())


def links_of(request: HttpRequest, form: FilterForm, page: Page) -> dict[str, str]:
    """Addresses of the pages beside this one, and its canonical one without choices."""
    links = {"canonical": request.build_absolute_uri(request.path)}
    if page.number > 1:
        links["previous"] = request.path + form.address(page=page.number - 1)
        links["canonical"] += f"?page={page.number}"
    if page.more:
        links["next"] = request.path + form.address(page=page.number + 1)
    return links


@require_safe
def item_detail(request: HttpRequest, slug: str) -> HttpResponse:
    item = get_object_or_404(SHOWN, slug=slug)
    stock = stock_of(item)
    canonical = request.build_absolute_uri(item.get_absolute_url())
    images = list(item.images.all())
    pictures = [request.build_absolute_uri(image.large_url) for image in images]
    context = {
        "item": item,
        "images": images,
        "stock": stock,
        "choices": range(1, stock.free + 1),
        "canonical": canonical,
        "picture": pictures[0] if pictures else "",
        "json_ld": product_data(item, stock=stock, url=canonical, pictures=pictures),
    }
    return render(request, "store/item_detail.html", context)
