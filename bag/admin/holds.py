"""A hold's own page, and the pages on which staff release and reserve."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.locking import AccountGone
from accounts.models import User
from bag.admin.forms import ExtendForm, ReleaseForm, ReserveForm
from bag.admin.hold_list import HoldList
from bag.exceptions import NotEnoughAvailable
from bag.models import Hold, WaitlistEntry
from bag.reservations import extend_holds, release_pieces, reservation_end, reserve_piece
from store.admin.piece_states import moment, state_of
from store.admin.timeline import latest_events
from store.models import Piece

FACTS = ["by_whom", "since", "until", "renewed", "waiting"]


@admin.register(Hold)
class HoldAdmin(HoldList):
    """Staff release, extend and reserve, each with a reason. Nothing else can be edited."""

    change_list_template = "admin/bag/hold/change_list.html"
    actions = ["release"]

    def get_urls(self) -> list[URLPattern]:
        release = self.admin_site.admin_view(require_POST(self.release_page))
        reserve = self.admin_site.admin_view(self.reserve_page)
        return [
            path("release/", release, name="bag_hold_release"),
            path("reserve/<int:pk>/", reserve, name="bag_hold_reserve"),
            *super().get_urls(),
        ]

    def check_may_change(self, request: HttpRequest) -> User:
        """Return who acts, or refuse those who may only look."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return cast(User, request.user)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a hold. What is sent here lets it end at another time."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        hold: Any = self.get_object(request, object_id)
        if request.method == "POST":
            self.check_may_change(request)
        if hold is None:
            return self.redirect_to_piece(request, object_id)
        initial = {"until": hold.held_until, "holds": [hold.version]}
        form = ExtendForm(request.POST or None, now=hold.now, initial=initial)
        if form.is_valid():
            return self.extend(request, hold, form)
        release = ReleaseForm(initial=initial, auto_id="id_release_%s")
        context = {"hold": hold, "facts": self.facts(hold), "form": form, "release_form": release}
        title = _("Hold of %s") % hold
        return self.page(
            request,
            "change_form",
            title,
            timeline=latest_events(hold, with_purchases=False),
            **context,
        )

    def facts(self, hold: Hold) -> list[tuple[str, Any]]:
        displays = [getattr(self, name) for name in FACTS]
        return [(capfirst(display.short_description), display(hold)) for display in displays]

    def extend(self, request: HttpRequest, hold: Hold, form: ExtendForm) -> HttpResponse:
        until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
        actor = self.check_may_change(request)
        if not extend_holds(pieces=form.going_on, until=until, actor=actor, reason=reason):
            return self.redirect_to_piece(request, str(hold.pk))
        text = _("%(piece)s is held until %(time)s.")
        end = reservation_end(until) if hold.is_reserved else until
        messages.success(request, text % {"piece": hold, "time": moment(end)})
        return redirect(request.path)

    def redirect_to_piece(self, request: HttpRequest, piece_id: str) -> HttpResponse:
        """The hold that was meant has ended, or nothing is available any more: say what is."""
        piece = self.admin_site.get_model_admin(Piece).get_object(request, piece_id)
        if piece is None:
            raise Http404
        text = _("Nothing was changed, for things have moved on. %(piece)s is now: %(state)s.")
        messages.warning(request, text % {"piece": piece, "state": state_of(piece)})
        return redirect("admin:store_piece_change", piece.pk)

    @admin.action(description=gettext_lazy("Release…"), permissions=["change"])
    def release(self, request: HttpRequest, holds: QuerySet[Hold]) -> HttpResponse:
        return self.confirm(
            request, ReleaseForm(initial={"holds": [hold.version for hold in holds]}), holds
        )

    def confirm(
        self, request: HttpRequest, form: ReleaseForm, holds: QuerySet[Hold]
    ) -> HttpResponse:
        rows = [(hold, self.by_whom(hold), self.until(hold)) for hold in holds]
        return self.page(request, "release", _("Release"), form=form, holds=rows)

    def release_page(self, request: HttpRequest) -> HttpResponse:
        """Release the holds that were seen. Without a reason, ask for it once more."""
        actor = self.check_may_change(request)
        form = ReleaseForm(request.POST)
        if not form.is_valid():
            holds = self.get_queryset(request).filter(pk__in=form.going_on)
            return self.confirm(request, form, holds)
        reason = form.cleaned_data["reason"]
        released = release_pieces(pieces=form.going_on, actor=actor, reason=reason)
        self.report_released(request, released, len(form.versions) - released)
        if len(form.versions) == 1:
            return redirect("admin:store_piece_change", form.versions[0].piece)
        return redirect("admin:bag_hold_changelist")

    def report_released(self, request: HttpRequest, released: int, ended: int) -> None:
        if released:
            text = ngettext("%d hold was released.", "%d holds were released.", released)
            messages.success(request, text % released)
        if ended:
            text = ngettext(
                "%d hold had ended meanwhile. Nothing was changed about it.",
                "%d holds had ended meanwhile. Nothing was changed about them.",
                ended,
            )
            messages.warning(request, text % ended)

    def reserve_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = self.check_may_change(request)
        pieces = Piece.objects.with_state().annotate(now=Now()).select_related("item")
        piece: Any = get_object_or_404(pieces, pk=pk)
        whose = {"customer": request.GET.get("customer")}
        form = ReserveForm(request.POST or None, now=piece.now, piece=piece, initial=whose)
        if piece.state != Piece.State.AVAILABLE:
            return self.redirect_to_piece(request, str(pk))
        if form.is_valid():
            try:
                end = reserve_piece(piece=piece, actor=actor, **form.reservation)
            except NotEnoughAvailable:
                return self.redirect_to_piece(request, str(pk))
            except AccountGone as refusal:
                form.add_error("customer", refusal.sentence)
            else:
                text = _("%(piece)s is reserved until %(time)s.")
                messages.success(request, text % {"piece": piece, "time": moment(end)})
                return redirect("admin:bag_hold_change", pk)
        waiting = WaitlistEntry.objects.waiting().filter(item=piece.item).count()
        context = {"form": form, "piece": piece, "waiting": waiting}
        return self.page(request, "reserve", _("Reserve %s") % piece, **context)

    def page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return render(request, f"admin/bag/hold/{name}.html", {**whole, **context})
