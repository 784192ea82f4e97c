from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.generic import TemplateView, View

from accounts.networks import client_address
from bag.exceptions import NotEnoughAvailable
from bag.forms import QuantityForm
from bag.models import WaitlistEntry
from bag.services import Taken, hold_pieces, release_holds, renew_holds
from bag.session import Bag
from bag.waitlist.services import offer_to_next
from store.exceptions import Refusal
from store.hold_time import hold_minutes
from store.models import Item
from store.stock import first_end
from store.templatetags.clock_time import clock_time
from typed.tokenless import tokenless


@method_decorator(cache_control(private=True, no_cache=True), name="dispatch")
class BagView(TemplateView):
    template_name = "bag/bag_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        removed = self.request.GET.get("removed", "").replace("\0", "")
        bag = Bag(self.request)
        kept = bag.kept_pieces
        entries = entries_to_show(bag)
        turns = [entry for entry in entries if entry.current_state == WaitlistEntry.State.OFFERED]
        return super().get_context_data(
            kept=kept,
            turns=turns,
            entries=[entry for entry in entries if entry not in turns],
            for_you={thing.item_id for thing in [*kept, *turns]},
            waits_for={entry.item_id for entry in entries},
            removed=Item.objects.published().filter(slug=removed).first() if removed else None,
            hold_minutes=hold_minutes(),
            **kwargs,
        )


def entries_to_show(bag: Bag) -> list[WaitlistEntry]:
    """The visitor's last entry for each item, while it goes on or when its turn has gone by."""
    entries = WaitlistEntry.objects.of_visitor(bag_key=bag.key, customer=bag.customer).recent()
    found = entries.with_current_state().with_end().select_related("item", "piece").order_by("pk")
    last = {entry.item_id: entry for entry in found}
    return [
        entry
        for entry in last.values()
        if entry.is_open or (entry.can_rejoin and entry.item_id not in bag.counts)
    ]


@method_decorator(tokenless, name="dispatch")
class AddView(View):
    """Hold pieces of an item and lead to the bag; on a refusal, back to the item.

    At the checkout a script asks for JSON and stays where it is.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        form = QuantityForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose how many as a whole number from 1 to 200."))
            return redirect(get_object_or_404(Item.objects.published(), pk=item_id))
        bag = Bag(request)
        try:
            title, bag.counts = self.hold(bag, item_id, form.cleaned_data["quantity"])
        except (Item.DoesNotExist, OverflowError) as missing:
            raise Http404 from missing
        except Refusal as refusal:
            return self.refuse(bag, item_id, str(refusal.sentence))
        bag.want(item_id, bag.counts[item_id])
        text = _("“%(title)s” is in your bag.") % {"title": title}
        if wants_json(request):
            return JsonResponse({**bag.state, "message": text})
        messages.success(request, text)
        return redirect("bag:detail")

    def hold(self, bag: Bag, item_id: int, quantity: int) -> Taken:
        take = partial(
            hold_pieces,
            item_id=item_id,
            quantity=quantity,
            bag_key=bag.open(),
            customer=bag.customer,
            address=client_address(self.request),
        )
        try:
            return take()
        except NotEnoughAvailable as refusal:
            if not refusal.spoken_for:
                raise
            # Those who wait come first, whether or not the timer has been there.
            offer_to_next(item_id=item_id)
            with suppress(NotEnoughAvailable):
                return take()
            raise

    def refuse(self, bag: Bag, item_id: int, text: str) -> HttpResponse:
        item = get_object_or_404(Item, pk=item_id)
        if wants_json(self.request):
            return JsonResponse({**bag.state, "refusal": text})
        entries = WaitlistEntry.objects.of_visitor(bag_key=bag.key, customer=bag.customer)
        if turn := entries.offered().filter(item=item_id).first():
            messages.success(self.request, _("It is your turn."))
            return redirect(turn)
        messages.error(self.request, text)
        return redirect("bag:detail" if self.request.POST.get("from") == "bag" else item)


class RemoveView(View):
    """Give pieces back: all of an item, or only `quantity` of them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = get_object_or_404(Item, pk=item_id)
        form = QuantityForm(request.POST)
        some = "quantity" in request.POST and form.is_valid()
        bag = Bag(request)
        if bag.key:
            quantity = form.cleaned_data["quantity"] if some else None
            release_holds(bag_key=bag.key, item_id=item.pk, quantity=quantity, actor=bag.customer)
            if some and (left := bag.counts[item.pk]):
                bag.want(item.pk, left)
                return redirect("bag:detail")
            bag.forget(item.pk)
        return redirect(reverse("bag:detail") + undo_of(item))


def undo_of(item: Item) -> str:
    """What lets a list offer to put back what was removed; no title of what is not published."""
    return f"?removed={item.slug}" if item.published else ""


@method_decorator(tokenless, name="dispatch")
class RenewView(View):
    """Give everything in the bag its full time again.

    A page whose script asks for JSON goes on where it is: nothing typed there is lost.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        bag = Bag(request)
        renewed = renew_holds(bag_key=bag.key, actor=bag.customer) if bag.key else 0
        level, text = renewal_message(bag, renewed=renewed)
        if wants_json(request):
            return JsonResponse({**bag.state, "message": text})
        messages.add_message(request, level, text)
        return redirect("bag:detail")


@method_decorator(never_cache, name="dispatch")
class StateView(View):
    """How the bag is now, for pages that stay open."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(Bag(request).state)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, whose page stays as it is."""
    if "json" not in request.META.get("HTTP_ACCEPT", ""):
        return False
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def renewal_message(bag: Bag, *, renewed: int) -> tuple[int, str]:
    """Say what renewing has done: the level of the message and its text."""
    until = first_end(bag.pieces)
    if until is None:
        return messages.ERROR, _("Nothing in your bag is held any more.")
    if bag.at_limit or not renewed:
        text = _("This is as long as things can be kept for you: until %(time)s.")
        return messages.INFO, text % {"time": clock_time(until)}
    text = _("Everything in your bag is held for you until %(time)s.")
    return messages.SUCCESS, text % {"time": clock_time(until)}
