"""Change many things together from their list: how many is said first, and it can be undone."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.confirmation import require_confirmation
from accounts.models import User
from money.fields import AmountField
from money.rounding import rounded
from store.admin.imports import MOST_PRICES_AT_ONCE
from store.bulk import Changes, Wishes, change_items, changes_of, undo
from store.models import BulkChange, Category, Item
from store.models.shipping import HEAVIEST
from store.publishing import items_lacking, items_without_margin

HIGHEST_PRICE = Decimal("99999999")
UNCHANGED = ("", _("leave as it is"))


class ManyForm(forms.Form):
    # Of the things that are to change.
    item_ids: Collection[int] = ()

    price = AmountField(label=_("Price"), required=False, min_value=0)
    percent = forms.DecimalField(
        label=_("Price, by percent"),
        required=False,
        min_value=-99,
        max_value=1000,
        decimal_places=1,
        help_text=_("10 makes 110 of 100; -10 makes 90."),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Category"), required=False, empty_label=UNCHANGED[1]
    )
    tax_scheme = forms.ChoiceField(
        label=_("Tax scheme"), required=False, choices=[UNCHANGED, *Item.TaxScheme.choices]
    )
    shipping = AmountField(label=_("Shipping"), required=False, min_value=0)
    size_class = forms.ChoiceField(
        label=_("Size for shipping"), required=False, choices=[UNCHANGED, *Item.SizeClass.choices]
    )
    weight_grams = forms.IntegerField(
        label=_("Weight (grams)"), required=False, min_value=1, max_value=HEAVIEST
    )
    collection_only = forms.BooleanField(label=_("Collection only"), required=False)
    published = forms.ChoiceField(
        label=_("In the shop"),
        required=False,
        choices=[UNCHANGED, ("yes", _("publish")), ("no", _("unpublish"))],
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("price") is not None and typed.get("percent") is not None:
            self.add_error("percent", _("Either a price or percent."))
        is_sent = typed.get("shipping") is not None or bool(typed.get("size_class"))
        if is_sent and typed.get("collection_only"):
            self.add_error("collection_only", _("Either shipping or collection only."))
        if not self.errors and not self.wishes():
            raise forms.ValidationError(_("Nothing is to change yet."))
        return typed

    def wishes(self) -> Wishes:
        typed = self.cleaned_data
        found: dict[str, Callable[[Item], Any]] = {}
        if (price := typed.get("price")) is not None:
            found["price"] = lambda item: price
        elif (percent := typed.get("percent")) is not None:
            found["price"] = lambda item: min(
                HIGHEST_PRICE, rounded(item.price * (100 + percent) / 100)
            )
        if typed.get("collection_only") or typed.get("shipping") is not None:
            found["shipping"] = lambda item: typed.get("shipping")
        if typed.get("collection_only") or typed.get("size_class"):
            found["size_class"] = lambda item: typed.get("size_class")
        if grams := typed.get("weight_grams"):
            found["weight_grams"] = lambda item: grams
        if category := typed.get("category"):
            found["category_id"] = lambda item: category.pk
        if scheme := typed.get("tax_scheme"):
            kept = self.without_margin if scheme == Item.TaxScheme.MARGIN else set()
            found["tax_scheme"] = lambda item: item.tax_scheme if item.pk in kept else scheme
        if published := typed.get("published"):
            hidden = self.lacking if published == "yes" else set()
            found["published"] = lambda item: (
                item.published if item.pk in hidden else published == "yes"
            )
        return found

    @cached_property
    def without_margin(self) -> set[int]:
        return items_without_margin(self.item_ids)

    @cached_property
    def lacking(self) -> set[int]:
        return items_lacking(self.item_ids)

    @property
    def exceptions(self) -> list[str]:
        """What stays as it is although somebody wishes it otherwise, in sentences."""
        typed, found = self.cleaned_data, []
        if typed.get("tax_scheme") == Item.TaxScheme.MARGIN and self.without_margin:
            text = ngettext(
                "%d may not be sold by the margin scheme, and stays as it is.",
                "%d may not be sold by the margin scheme, and stay as they are.",
                len(self.without_margin),
            )
            found.append(text % len(self.without_margin))
        if typed.get("published") == "yes" and self.lacking:
            text = ngettext(
                "Of %d is missing what it cost, or a paper: publish it on its own page.",
                "Of %d is missing what they cost, or a paper: publish them on their own pages.",
                len(self.lacking),
            )
            found.append(text % len(self.lacking))
        return found


def confirm_prices(request: HttpRequest, changes: Changes) -> None:
    """Ask for the password again before many prices change."""
    if sum("price" in change for change in changes.values()) > MOST_PRICES_AT_ONCE:
        require_confirmation(request)


class ManyMixin(admin.ModelAdmin):
    """The action of the list, which asks, and the way back."""

    def get_urls(self) -> list[URLPattern]:
        way_back = require_http_methods(["GET", "HEAD", "POST"])(self.undo_page)
        address = path(
            "undo/<int:pk>/", self.admin_site.admin_view(way_back), name="store_item_undo"
        )
        return [address, *super().get_urls()]

    @admin.action(description=_("Change together…"), permissions=["change"])
    def change_together(self, request: HttpRequest, items: QuerySet[Item]) -> HttpResponse | None:
        chosen = [item.pk for item in items]
        asked = "look" in request.POST or "apply" in request.POST
        form = ManyForm(request.POST if asked else None)
        form.item_ids = chosen
        changes = None
        if form.is_valid():
            changes = changes_of(Item.objects.filter(pk__in=chosen), form.wishes())
            if "apply" in request.POST:
                confirm_prices(request, changes)
                actor = cast(User, request.user)
                done = change_items(item_ids=chosen, wishes=form.wishes(), actor=actor)
                self.say_what_was_done(request, done)
                return None
        whole_list = request.POST.get("select_across") == "1"
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change many things together"),
            "opts": self.opts,
            "form": form,
            "chosen": chosen,
            "all": whole_list,
            "named": chosen[:1] if whole_list else chosen,
            "changes": changes,
            "exceptions": [] if changes is None else form.exceptions,
        }
        return render(request, "admin/store/item/together.html", context)

    def say_what_was_done(self, request: HttpRequest, done: BulkChange) -> None:
        number = len(done.fields)
        text = ngettext("%d thing was changed.", "%d things were changed.", number) % number
        address = reverse("admin:store_item_undo", args=[done.pk])
        link = format_html('{} <a href="{}">{}</a>', text, address, gettext("Undo"))
        self.message_user(request, link if number else text, messages.SUCCESS)
        hidden = [int(pk) for pk, of in done.fields.items() if of.get("published") == [True, False]]
        if hidden:
            self.warn_of_holds(request, hidden)

    def warn_of_holds(self, request: HttpRequest, item_ids: list[int]) -> None:
        raise NotImplementedError

    def undo_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What one has done oneself; who may set up the shop, what anybody has done."""
        change = get_object_or_404(BulkChange, pk=pk)
        if not self.has_change_permission(request) or not (
            change.actor == request.user or request.user.has_perm("store.change_shopprofile")
        ):
            raise PermissionDenied
        if request.method == "POST":
            confirm_prices(request, change.fields)
            back, left = undo(change)
            text = ngettext("%d thing is as before.", "%d things are as before.", back)
            self.message_user(request, text % back, messages.SUCCESS)
            if left:
                text = ngettext(
                    "%d was changed since, is gone, or lacks a paper: it stays as it is.",
                    "%d were changed since, are gone, or lack a paper: they stay as they are.",
                    left,
                )
                self.message_user(request, text % left, messages.WARNING)
            return redirect("admin:store_item_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Undo a change of many things"),
            "opts": self.opts,
            "change": change,
            "number": len(change.fields),
        }
        return render(request, "admin/store/item/undo.html", context)
