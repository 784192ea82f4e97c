"""Things are deleted into the bin, and from there put back, or removed for good."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from store.admin.mixins import DeleteGuardMixin
from store.admin.piece_states import state_of
from store.bin import bin_items, in_bin, put_back
from store.models import BinnedItem, Item, Piece, PieceQuerySet
from store.models.bin import IN_BIN_FOR
from store.pieces import delete_items

SHOWN: Any = ["title", "category", "binned_at", "binned_by", "goes", "was_published"]


def with_states(pieces: PieceQuerySet) -> list[str]:
    """Name pieces that hinder something, with what they are."""
    named = pieces.with_state().with_lent().select_related("order")
    return [f"{piece}: {state_of(piece)}" for piece in named]


class ToBinMixin(DeleteGuardMixin):
    """Of the list of things: what is deleted goes to the bin."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing is lost by it; only what is promised to somebody hinders it."""
        keys = [item.pk for item in objs]
        pieces = Piece.objects.filter(item__in=keys)
        counts = {
            str(Item._meta.verbose_name_plural): len(keys),
            str(Piece._meta.verbose_name_plural): len(pieces),
        }
        return [str(item) for item in objs], counts, set(), with_states(pieces.promised())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        until = timezone.now() + IN_BIN_FOR
        return super().delete_view(
            request, object_id, {**(extra_context or {}), "bin_until": until}
        )

    def delete_model(self, request: HttpRequest, obj: Item) -> None:
        bin_items([obj], actor=cast(User, request.user))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        self.say_where_it_is(request, 1)
        return redirect("admin:store_item_changelist")

    @admin.action(description=_("Delete: put in the bin…"), permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[Item]
    ) -> HttpResponse | None:
        if not request.POST.get("post"):
            page: Any = delete_selected(self, request, queryset)
            page.context_data["bin_until"] = timezone.now() + IN_BIN_FOR
            return cast(HttpResponse, page)
        self.log_deletions(request, queryset)
        done = bin_items(queryset, actor=cast(User, request.user))
        self.say_where_it_is(request, len(done))
        return None

    def say_where_it_is(self, request: HttpRequest, count: int) -> None:
        text = ngettext(
            "%(count)d thing is in the bin; it can be put back until %(day)s.",
            "%(count)d things are in the bin; they can be put back until %(day)s.",
            count,
        )
        until = timezone.localtime(timezone.now() + IN_BIN_FOR)
        said = text % {"count": count, "day": date_format(until, "DATE_FORMAT")}
        address = reverse("admin:store_binneditem_changelist")
        link = format_html('{} <a href="{}">{}</a>', said, address, _("To the bin"))
        self.message_user(request, link, messages.SUCCESS)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A link to a thing that is in the bin leads there."""
        if object_id and object_id.isdecimal() and in_bin().filter(pk=object_id).exists():
            return redirect("admin:store_binneditem_change", object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)


@admin.register(BinnedItem)
class BinAdmin(DeleteGuardMixin):
    """The bin. Whoever sees things sees it; to put back is a change, to delete for good is not."""

    change_form_template = "admin/store/binneditem/change_form.html"
    list_display = ["title", "binned_at", "binned_by", "goes", "was_published", "pieces_with_it"]
    list_select_related = ["binned_by"]
    fields = SHOWN
    readonly_fields = SHOWN
    ordering = ["-binned_at", "-pk"]
    search_fields = ["title"]
    actions = ["put_back"]
    show_full_result_count = False
    # There it is gone.
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> Any:
        found = BinnedItem.with_bin.filter(binned_at__isnull=False)
        return found.prefetch_related("pieces")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("store.view_item")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("store.delete_item")

    def has_put_back_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("store.change_item")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.put_one_back))
        address = path("<int:pk>/put-back/", view, name="store_binneditem_put_back")
        return [address, *super().get_urls()]

    @admin.display(description=_("goes for good"), ordering="bin_until")
    def goes(self, item: BinnedItem) -> str:
        if item.bin_until is None:
            return str(_("never: orders or the books know it"))
        return date_format(timezone.localtime(item.bin_until), "DATE_FORMAT")

    @admin.display(description=_("published before"), boolean=True, ordering="published_before")
    def was_published(self, item: BinnedItem) -> bool:
        return item.published_before

    @admin.display(description=_("pieces"))
    def pieces_with_it(self, item: BinnedItem) -> str:
        return ", ".join(piece.stock_number for piece in item.pieces.all()[:5])

    @admin.action(description=_("Put back"), permissions=["put_back"])
    def put_back(self, request: HttpRequest, items: QuerySet[BinnedItem]) -> None:
        for item in items:
            self.log_change(request, item, _("Put back from the bin"))
        count = put_back(items, actor=cast(User, request.user))
        text = ngettext("%d thing is back as it was.", "%d things are back as they were.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    def put_one_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """From its page in the bin to its own; a second click finds it there."""
        if not self.has_put_back_permission(request):
            raise PermissionDenied
        self.put_back(request, self.get_queryset(request).filter(pk=pk))
        return redirect("admin:store_item_change", pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_put_back"] = self.has_put_back_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Pieces go with their thing; those in use hinder that."""
        found, counts, missing, _protected = super().get_deleted_objects(objs, request)
        pieces = Piece.objects.filter(item__in=[item.pk for item in objs])
        found += [f"{capfirst(Piece._meta.verbose_name)}: {piece}" for piece in pieces]
        counts[str(Piece._meta.verbose_name_plural)] = len(pieces)
        return found, counts, missing, with_states(pieces.in_use())

    def delete_model(self, request: HttpRequest, obj: BinnedItem) -> None:
        delete_items([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BinnedItem]) -> None:
        delete_items(queryset)
