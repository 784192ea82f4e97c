"""Waiting for what others hold: joining the list, one's position, and having one's turn."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import DetailView, View

from accounts.addresses import site_of
from accounts.networks import client_address
from bag.exceptions import NotMailed
from bag.session import Bag
from bag.templatetags.waitlist import ordinal
from bag.waitlist.forms import WaitlistForm
from bag.waitlist.models import TOKEN_LENGTH, WaitlistEntry
from bag.waitlist.services import (
    accept_offer,
    claim_item,
    join_waitlist,
    leave_waitlist,
    resubscribe,
    unsubscribe,
)
from store.exceptions import Refusal
from store.models import Item


class JoinWaitlistView(View):
    """Be next in line: a guest leaves an address, a customer just clicks."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = get_object_or_404(Item.objects.published(), pk=item_id)
        return self.answer(item, WaitlistForm(request.POST, customer=Bag(request).customer))

    def answer(self, item: Item, form: WaitlistForm) -> HttpResponse:
        request = self.request
        bag = Bag(request)
        back = "bag:detail" if request.POST.get("from") == "bag" else item
        if form.is_valid():
            try:
                entry = self.join(bag, item, form.cleaned_data["email"])
            except NotMailed as refusal:
                form.add_error("email", refusal.sentence)
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
                return redirect(back)
            else:
                messages.success(request, joined_message(entry))
                return redirect(back)
        return self.ask_again(item, form)

    def ask_again(self, item: Item, form: WaitlistForm) -> HttpResponse:
        return render(self.request, "bag/waitlist/join.html", {"item": item, "form": form})

    def join(self, bag: Bag, item: Item, email: str) -> WaitlistEntry:
        entry = join_waitlist(
            item=item,
            email=email,
            customer=bag.customer,
            bag_key=bag.open(),
            address=client_address(self.request),
            site=site_of(self.request),
        )
        return WaitlistEntry.objects.with_current_state().select_related("item").get(pk=entry.pk)


@method_decorator(never_cache, name="dispatch")
class WaitlistEntryView(DetailView):
    """How an entry stands, for whoever has its secret address."""

    slug_field = slug_url_kwarg = "secret"
    template_name = "bag/waitlist/entry.html"
    context_object_name = "entry"

    def get_queryset(self) -> QuerySet[WaitlistEntry]:
        entries = WaitlistEntry.objects.with_current_state().with_end()
        return entries.select_related("item", "piece")


class RejoinWaitlistView(JoinWaitlistView):
    """Wait once more when one's turn has gone by, with the address given before."""

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:  # type: ignore[override]
        entries = WaitlistEntry.objects.filter(item__published=True).select_related("item")
        self.entry = get_object_or_404(entries, secret=secret)
        form = WaitlistForm({"email": self.entry.email}, customer=Bag(request).customer)
        return self.answer(self.entry.item, form)

    def ask_again(self, item: Item, form: WaitlistForm) -> HttpResponse:
        """The page of an entry shows its address to nobody, so not in a form either."""
        messages.error(self.request, str(form.errors["email"][0]))
        return redirect(self.entry)


class AcceptOfferView(View):
    """Put what is held for an entry into the bag of whoever has its secret address."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        entry = get_object_or_404(WaitlistEntry.objects.select_related("item"), secret=secret)
        bag = Bag(request)
        try:
            accepted = accept_offer(
                entry=entry,
                bag_key=bag.open(),
                customer=bag.customer,
                address=client_address(request),
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(entry)
        if accepted:
            return show_in_bag(request, bag, entry.item)
        # A double click is not told that it came too late.
        if bag.counts[entry.item_id]:
            return redirect("bag:detail")
        messages.error(
            request,
            _("Your time for “%(title)s” has gone by.") % {"title": entry.item.translated.title},
        )
        return redirect(entry)


class ClaimView(View):
    """Put into this bag what is held for the customer in another way, be it unpublished since."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = get_object_or_404(Item, pk=item_id)
        bag = Bag(request)
        try:
            claimed = bag.customer and claim_item(
                item_id=item.pk,
                bag_key=bag.open(),
                customer=bag.customer,
                address=client_address(request),
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("bag:detail")
        if claimed:
            return show_in_bag(request, bag, item)
        if bag.counts[item.pk]:
            return redirect("bag:detail")
        if not item.published:
            raise Http404
        messages.error(
            request, _("“%(title)s” is not held for you.") % {"title": item.translated.title}
        )
        return redirect(item)


class LeaveWaitlistView(View):
    """Wait no longer."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        entry = get_object_or_404(WaitlistEntry, secret=secret)
        leave_waitlist(entry=entry)
        return redirect(entry)


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(View):
    """Leave all waiting lists, and get no such mails any more.

    A mail program may send this POST by itself, without a cookie, and follows no redirect
    (RFC 8058). A GET, which scanners of mails send as well, changes nothing.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        entry = entry_to_unsubscribe(token)
        return render(request, "bag/waitlist/unsubscribe.html", {"entry": entry})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        entry = entry_to_unsubscribe(token)
        unsubscribe(entry=entry)
        return render(request, "bag/waitlist/unsubscribed.html", {"entry": entry})


@method_decorator(csrf_exempt, name="dispatch")
class ResubscribeView(View):
    """Get mails about waiting lists again. What only mails carry proves whose address it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        resubscribe(entry=entry_to_unsubscribe(token))
        text = _("We write to you about lines again. Join those that matter to you once more.")
        messages.success(request, text)
        return redirect("store:list")


def entry_to_unsubscribe(token: str) -> WaitlistEntry:
    entries = WaitlistEntry.objects.select_related("customer", "item")
    entry = get_object_or_404(entries, secret=token[:-TOKEN_LENGTH])
    if not constant_time_compare(entry.unsubscribe_token, token):
        raise Http404
    return entry


def show_in_bag(request: HttpRequest, bag: Bag, item: Item) -> HttpResponse:
    bag.want(item.pk, bag.counts[item.pk])
    messages.success(request, _("“%(title)s” is in your bag.") % {"title": item.translated.title})
    return redirect("bag:detail")


def joined_message(entry: WaitlistEntry) -> str:
    title = entry.item.translated.title
    names: dict[str, Any] = {"title": title, "place": ordinal(entry.position)}
    if entry.current_state == WaitlistEntry.State.OFFERED:
        return _("It is your turn for “%(title)s”.") % names
    if not entry.hears_by_mail:
        text = _("You are %(place)s in line for “%(title)s”. You see here when it is your turn.")
        return text % names
    return _("You are %(place)s in line for “%(title)s”. We mail you when it is your turn.") % names
