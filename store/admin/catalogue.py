from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from desk.lists import KeysFirstMixin
from store.admin.bin import ToBinMixin
from store.admin.bulk import ManyMixin
from store.admin.copies import CopiesMixin
from store.admin.forms import ItemForm, ItemRowForm
from store.admin.imports import ItemImportExportMixin
from store.admin.lacking import QUESTIONS
from store.admin.law_fields import folded_law
from store.admin.mixins import amount_of
from store.admin.one_category import OneCategoryMixin
from store.admin.photos_field import NewPhotosMixin, add_photos
from store.admin.picture_forms import ItemImageFormSet
from store.admin.pictures import ItemImageInline, no_thumbnail, thumbnail
from store.admin.pieces import (
    MOST_IN_ITEM_FORM,
    PieceInline,
    PieceStateFilter,
    sees_purchases,
)
from store.admin.price_tags import PriceTagsMixin
from store.admin.translated import TranslatedAdmin
from store.bin import in_bin
from store.exceptions import PiecesInUse
from store.models import Item, Piece
from store.models.bin import NOT_IN_BIN
from store.models.safety import WITH_SAFETY
from store.pieces import add_pieces
from store.publishing import items_lacking, named
from store.search import matching
from store.services import lock_items

State = Piece.State
# What these fields decide beside their own columns.
REDUCED = ("reduced_from", "reduced_to")
IN_FORM_ALONE = {"announced": REDUCED, "price": REDUCED}


class StateOfPiecesFilter(PieceStateFilter):
    title = _("state of pieces")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Item]) -> QuerySet[Item]:  # type: ignore[override]
        if self.value() not in State.values:
            return queryset
        pieces = Piece.objects.with_state().filter(Q(state=self.value()), item=OuterRef("pk"))
        return queryset.filter(Exists(pieces))


def counted(state: str) -> Subquery:
    """How many pieces of an item are in this state; None for none."""
    pieces = Piece.objects.with_state().filter(Q(state=state), item=OuterRef("pk")).order_by()
    counts = pieces.values("item").annotate(count=Count("pk")).values("count")
    return Subquery(counts, output_field=IntegerField())


@transaction.atomic
def save_but_bin(item: Item, changed: set[str]) -> None:
    """Save what was changed of a thing that others may have changed since it was read.

    Put into the bin, it stays there, and there nothing is published; whoever is about to put it
    there waits.
    """
    lock_items([item.pk])
    if in_bin().filter(pk=item.pk).exists():
        item.published = False
    columns = {field.name for field in Item._meta.concrete_fields if not field.primary_key}
    written = columns & changed - {*NOT_IN_BIN}
    item.save(update_fields={*written, "updated_at"})


def columns_changed(form: Any) -> set[str]:
    """By a form of a thing, or by its row in the list, which translates and reduces nothing."""
    changed = {*form.changed_data, *getattr(form, "changed_columns", ())}
    further = {name: IN_FORM_ALONE.get(name, ()) for name in changed}
    texts = {"translations"} if changed & {*Item.TRANSLATED} else set()
    return changed | texts | {column for columns in further.values() for column in columns}


@admin.register(Item)
class ItemAdmin(
    OneCategoryMixin,
    ManyMixin,
    CopiesMixin,
    PriceTagsMixin,
    ItemImportExportMixin,
    ToBinMixin,
    TranslatedAdmin,
    KeysFirstMixin,
):
    form = ItemForm
    inlines = [ItemImageInline, PieceInline]
    list_display = [
        "picture",
        "title",
        "pieces_now",
        "price",
        "published",
        "category",
        "condition",
    ]
    list_display_links = ["picture", "title"]
    list_editable = ["price", "published"]
    list_filter = ["published", StateOfPiecesFilter, *QUESTIONS, "condition", "category"]
    list_select_related = ["category"]
    search_fields = ["title"]
    search_help_text = _("Title, maker, material, period or stock number")
    prepopulated_fields = {"slug": ["title"]}
    actions = [
        "change_together",
        "publish",
        "unpublish",
        "delete_selected",
        "export_chosen",
        "export_chosen_with_commas",
    ]
    save_on_top = True
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    price_now = amount_of("price", _("price"))
    shipping_now = amount_of("shipping", _("shipping"))

    class Media:
        js = ["admin-shop/pictures.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        counts = {f"{state}_count": counted(state) for state in State.values}
        return Item.objects.annotate(**counts).prefetch_related("images")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Item], search_term: str
    ) -> tuple[QuerySet[Item], bool]:
        return matching(queryset, search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        new = ["quantity", "first_number", *(["purchase_price"] if sees_purchases(request) else [])]
        may_change = self.has_change_permission(request, obj) if obj else True
        prices = ("price", "shipping") if may_change else ("price_now", "shipping_now")
        photos = ["photos", "kept_photos"] if may_change else []
        stock = [
            *(["pieces_now"] if obj else []),
            *([tuple(new), "without_price"] if may_change else []),
        ]
        return [
            (None, {"fields": ["title", "slug", "category", "condition", "published", *photos]}),
            (
                _("Price"),
                {
                    "fields": [
                        prices,
                        *(["announced"] if may_change else []),
                        ("size_class", "weight_grams"),
                        ("nature", "tax_scheme"),
                    ]
                },
            ),
            (_("Pieces"), {"fields": stock}),
            (
                _("Label"),
                {
                    "fields": [
                        "maker",
                        "period",
                        "materials",
                        ("height_cm", "width_cm", "depth_cm"),
                        "description",
                    ]
                },
            ),
            folded_law(request, obj),
            *self.parts_in_languages(request, obj),
            *self.imported_fieldsets(obj),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Item | None = None) -> list[str]:
        return ["pieces_now", "imported_details", "price_now", "shipping_now"]

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        if self.has_change_permission(request):
            return columns
        return ["price_now" if column == "price" else column for column in columns]

    def get_inlines(self, request: HttpRequest, obj: Item | None) -> list[Any]:
        few = obj is not None and obj.pieces.count() <= MOST_IN_ITEM_FORM
        return [ItemImageInline, PieceInline] if few else [ItemImageInline]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PiecesInUse as refusal:
            self.refuse(request, refusal)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Item, form: Any, change: bool) -> None:  # noqa: FBT001
        """A new item only. An existing one is saved after the files of its pictures."""
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        for formset in formsets:
            if isinstance(formset, ItemImageFormSet):
                for sentence in formset.write_files():
                    self.message_user(request, sentence, messages.WARNING)
        if change:
            save_but_bin(form.instance, columns_changed(form))
        super().save_related(request, form, formsets, change)
        # A row that is edited in the list has no photos.
        if isinstance(form, NewPhotosMixin):
            add_photos(form.instance, form.new_photos)
            for sentence in form.refused_photos:
                self.message_user(request, sentence, messages.WARNING)
            self.ask_for_maker(request, form.instance)
        if not form.instance.published and "published" in form.changed_data:
            self.warn_of_holds(request, [form.instance.pk])
        if quantity := form.cleaned_data.get("quantity"):
            number = form.cleaned_data["first_number"]
            pieces = add_pieces(
                item=form.instance,
                quantity=quantity,
                first_number=number,
                purchase_price=form.cleaned_data.get("purchase_price"),
            )
            text = ngettext("%d piece was added: %s", "%d pieces were added: %s", quantity)
            ends = dict.fromkeys([pieces[0].stock_number, pieces[-1].stock_number])
            self.message_user(request, text % (quantity, " … ".join(ends)))

    def ask_for_maker(self, request: HttpRequest, item: Item) -> None:
        if item.published and item.nature in WITH_SAFETY and not item.maker_contact:
            text = _(
                "The law wants the maker’s addresses beside what is new or used: see “What the law "
                "asks”."
            )
            self.message_user(request, text, messages.WARNING)

    @admin.display(description=_("picture"))
    def picture(self, item: Item) -> SafeString:
        images = item.images.all()
        return thumbnail(images[0]) if images else no_thumbnail()

    @admin.display(description=_("pieces"))
    def pieces_now(self, item: Item) -> SafeString | str:
        """How many are in each state, as links to them."""
        link = '<a class="state state--{}" href="{}?item__id__exact={}&amp;state={}">{} {}</a>'
        address = reverse("admin:store_piece_changelist")
        counts = [(state, getattr(item, f"{state}_count", None)) for state in State]
        parts = [(s.value, address, item.pk, s.value, n, s.label) for s, n in counts if n]
        return format_html_join(" ", link, parts) or gettext("none")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": ItemRowForm, **kwargs})

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, items: QuerySet[Item]) -> None:
        hidden = [item for item in items if not item.published]
        refused = items_lacking(item.pk for item in hidden)
        self.set_published((each for each in items if each.pk not in refused), published=True)
        if refused:
            text = gettext("Not published, for what they cost, or a paper, is missing: %s.")
            titles = named(item.title for item in hidden if item.pk in refused)
            self.message_user(request, text % titles, messages.WARNING)
        else:
            self.message_user(request, _("Published: everybody sees it now."), messages.SUCCESS)

    @admin.action(description=_("Unpublish"), permissions=["change"])
    def unpublish(self, request: HttpRequest, items: QuerySet[Item]) -> None:
        chosen = self.set_published(items, published=False)
        self.message_user(request, _("Unpublished: it has left the shop."), messages.SUCCESS)
        self.warn_of_holds(request, chosen)

    @transaction.atomic
    def set_published(self, items: Iterable[Item], *, published: bool) -> list[int]:
        chosen = [item.pk for item in items]
        lock_items(chosen)
        changed = Item.objects.filter(pk__in=chosen).exclude(published=published)
        changed.update(published=published, updated_at=Now())
        return chosen

    def warn_of_holds(self, request: HttpRequest, item_ids: list[int]) -> None:
        """What is in a bag stays promised until its hold ends, published or not."""
        held = Piece.objects.filter(item__in=item_ids).held().count()
        if held:
            text = ngettext(
                "%d piece is in a bag and may still be ordered until its time is up.",
                "%d pieces are in bags and may still be ordered until their time is up.",
                held,
            )
            self.message_user(request, text % held, messages.WARNING)
