from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.admin.mixins import SecretsMixin
from accounts.models import User
from desk.lists import KeysFirstMixin
from store.admin.mixins import DeleteGuardMixin, amount_of
from store.admin.piece_forms import (
    BOUGHT,
    STOCK_BOOK,
    PieceForm,
    SoldPieceForm,
    record_correction,
    save_changed,
)
from store.admin.piece_states import listed, state_badge, state_of
from store.admin.price_tags import PriceTagsMixin
from store.admin.selects import NumberedSelectMixin
from store.admin.timeline import Timeline, events_of, latest_events, rows_of
from store.models import Item, Piece
from store.pieces import delete_pieces
from store.services import keep_for_loan, lend_no_more, return_pieces, withdraw_pieces

State = Piece.State
# What tells of a purchase: only who writes it down sees or filters it.
PURCHASE = [*BOUGHT, "purchase_currency"]

# Above this the form of an item leads to the list of its pieces instead of holding them all.
MOST_IN_ITEM_FORM = 25
EVENTS_PER_PAGE = 200


def sees_purchases(request: HttpRequest) -> bool:
    """Whether somebody sees when, from whom and for what things were bought: who writes it down."""
    return request.user.has_perm("store.change_piece")


def stock_book(request: HttpRequest) -> list[str]:
    """The fields of the stock book; who may only look at pieces sees nothing of purchases."""
    return STOCK_BOOK if sees_purchases(request) else without_purchases(STOCK_BOOK)


def without_purchases(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith(("purchase", "bought"))]


class PieceFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        doomed = [form.instance.pk for form in self.forms if form.cleaned_data.get("DELETE")]
        if in_use := list(Piece.objects.filter(pk__in=doomed).in_use().with_state()):
            text = _("These pieces cannot be deleted, because they are in use: %(pieces)s.")
            raise forms.ValidationError(text, params={"pieces": listed(in_use)})

    def delete_existing(self, obj: Piece, commit: bool = True) -> None:  # noqa: FBT001, FBT002
        if commit:
            delete_pieces([obj])


class PieceInline(admin.TabularInline):
    """The pieces of an item with their states. More are added by the item's own form."""

    model = Piece
    form = PieceForm
    formset = PieceFormSet
    readonly_fields = ["now"]
    extra = 0
    template = "admin/tabular.html"

    def get_fields(self, request: HttpRequest, obj: Item | None = None) -> list[Any]:
        return ["now", *stock_book(request)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Piece]:
        return Piece.objects.with_state().with_lent().select_related("order")

    def has_add_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        return False

    @admin.display(description=_("now"))
    def now(self, piece: Piece) -> SafeString:
        """The state, and the way to the piece's own page with its history."""
        address = reverse("admin:store_piece_change", args=[piece.pk])
        link = '{} <a href="{}" aria-label="{} {}">{}</a>'
        history = _("History")
        return format_html(link, state_badge(piece), address, history, piece, history)


class PieceStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def value(self) -> Any:
        # Links and bookmarks from before have the word that "available" was called by.
        return State.AVAILABLE.value if super().value() == "free" else super().value()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Piece]) -> QuerySet[Piece]:
        return queryset.filter(Q(state=self.value())) if self.value() in State.values else queryset


class PurchaseFilter(admin.SimpleListFilter):
    """What stands on the front desk for those who write purchases down."""

    title = _("purchase")
    parameter_name = "purchase"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("lacking", _("margin scheme, without a price"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Piece]) -> QuerySet[Piece]:
        if self.value() != "lacking":
            return queryset
        return queryset.filter(pk__in=Piece.objects.lacking_price().values("pk"))


@admin.register(Piece)
class PieceAdmin(
    PriceTagsMixin, SecretsMixin, NumberedSelectMixin, DeleteGuardMixin, KeysFirstMixin
):
    secrets: ClassVar[list[str]] = ["held_by"]
    form = PieceForm
    change_form_template = "admin/store/piece/change_form.html"
    fields = ["item", *STOCK_BOOK]
    autocomplete_fields = ["item"]
    bought_for = amount_of("purchase_price", _("bought for"), "purchase_currency")
    list_display = [
        "stock_number",
        "item",
        "now",
        "serial_number",
        "bought_for",
        "purchased_on",
    ]
    list_filter = [PieceStateFilter, PurchaseFilter, "item__category", "purchased_on"]
    list_select_related = ["item", "order"]
    search_fields = ["stock_number", "serial_number", "item__title"]
    search_help_text = _("Stock number, serial number or title")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["withdraw", "put_back", "for_loan", "not_for_loan"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Piece]:
        return Piece.objects.with_state().with_lent()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """No piece comes into the shop of a thing that is in the bin."""
        if db_field.name == "item":
            kwargs["queryset"] = Item.objects.all()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Piece | None = None) -> list[Any]:
        if obj is None:
            return ["item", *STOCK_BOOK]
        may_correct = obj.sold_at and self.has_change_permission(request, obj)
        return ["item", "now", *stock_book(request), *(["correction"] if may_correct else [])]

    def get_form(
        self,
        request: HttpRequest,
        obj: Piece | None = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        """Of a sold one, with room for why its purchase is corrected."""
        form = SoldPieceForm if obj and obj.sold_at else PieceForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_list_display(self, request: HttpRequest) -> Any:
        names = [str(name) for name in super().get_list_display(request)]
        return names if sees_purchases(request) else without_purchases(names)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        known = [*super().get_list_filter(request)]
        of_purchases = ("purchased_on", PurchaseFilter)
        return [each for each in known if each not in of_purchases or sees_purchases(request)]

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        if lookup.startswith("purchase") and not (request and sees_purchases(request)):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Piece | None = None) -> list[str]:
        return ["item", "now"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        events = self.admin_site.admin_view(require_safe(self.events_page))
        return [path("<int:pk>/events/", events, name="store_piece_events"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        piece = context.get("original")
        if piece and request.user.has_perm("store.view_pieceevent"):
            context["timeline"] = latest_events(piece, with_purchases=sees_purchases(request))
        return super().render_change_form(request, context, *args, **kwargs)

    def events_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole history of a piece."""
        if not request.user.has_perms(["store.view_piece", "store.view_pieceevent"]):
            raise PermissionDenied
        piece = get_object_or_404(Piece, pk=pk)
        events = events_of(piece, with_purchases=sees_purchases(request))
        page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %s") % piece,
            "opts": self.opts,
            "page": page,
            "timeline": Timeline(rows_of(page), piece, has_more=False),
        }
        return render(request, "admin/store/piece/events.html", context)

    def save_model(self, request: HttpRequest, obj: Piece, form: Any, change: bool) -> None:  # noqa: FBT001
        if change:
            save_changed(obj, form)
            record_correction(form, cast(User, request.user))
        else:
            obj.save()

    @admin.display(description=_("now"))
    def now(self, piece: Piece) -> SafeString:
        return state_badge(piece)

    @admin.action(description=_("Withdraw from sale"), permissions=["change"])
    def withdraw(self, request: HttpRequest, pieces: QuerySet[Piece]) -> None:
        chosen = Piece.objects.filter(pk__in=[piece.pk for piece in pieces])
        done = withdraw_pieces(chosen, actor=cast(User, request.user))
        text = ngettext("%d piece was withdrawn.", "%d pieces were withdrawn.", done)
        self.message_user(request, text % done, messages.SUCCESS if done else messages.WARNING)
        if refused := list(
            chosen.with_state().select_related("order").exclude(Q(state=State.WITHDRAWN))
        ):
            text = ngettext(
                "%(count)d was not: %(pieces)s.", "%(count)d were not: %(pieces)s.", len(refused)
            )
            values = {"count": len(refused), "pieces": listed(refused)}
            self.message_user(request, text % values, messages.WARNING)

    @admin.action(description=_("Put back on sale"), permissions=["change"])
    def put_back(self, request: HttpRequest, pieces: QuerySet[Piece]) -> None:
        done = return_pieces(pieces, actor=cast(User, request.user))
        text = ngettext("%d piece is on sale again.", "%d pieces are on sale again.", done)
        self.message_user(request, text % done, messages.SUCCESS if done else messages.WARNING)
        if things := Item.with_bin.filter(binned_at__isnull=False, pieces__in=pieces).distinct():
            titles = ", ".join(str(thing) for thing in things)
            first = _("In the bin, from where they are put back first: %s.") % titles
            self.message_user(request, first, messages.WARNING)

    @admin.action(description=_("Keep as loan items, never for sale"), permissions=["change"])
    def for_loan(self, request: HttpRequest, pieces: QuerySet[Piece]) -> None:
        done = keep_for_loan(pieces, actor=cast(User, request.user))
        text = ngettext("%d piece is a loan item now.", "%d pieces are loan items now.", done)
        self.message_user(request, text % done, messages.SUCCESS if done else messages.WARNING)

    @admin.action(description=_("Lend no more"), permissions=["change"])
    def not_for_loan(self, request: HttpRequest, pieces: QuerySet[Piece]) -> None:
        chosen = Piece.objects.filter(pk__in=[piece.pk for piece in pieces])
        done = lend_no_more(chosen)
        text = ngettext(
            "%d piece is no loan item any more. It stays out of the shop until you put it back.",
            "%d pieces are no loan items any more. They stay out of the shop until you put them "
            "back.",
            done,
        )
        self.message_user(request, text % done, messages.SUCCESS if done else messages.WARNING)
        if lent := ", ".join(str(piece) for piece in chosen.lent()):
            first = _("Lent to a customer: %s. Take it back on the ticket first.") % lent
            self.message_user(request, first, messages.WARNING)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the pieces that stay in the stock book among what hinders the deletion."""
        found, counts, missing, hindering = super().get_deleted_objects(objs, request)
        in_use = Piece.objects.filter(pk__in=[piece.pk for piece in objs]).in_use()
        stays = [f"{piece}: {state_of(piece)}" for piece in in_use.with_state().with_lent()]
        return found, counts, missing, stays or hindering

    def delete_model(self, request: HttpRequest, obj: Piece) -> None:
        delete_pieces([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Piece]) -> None:
        delete_pieces(queryset)
