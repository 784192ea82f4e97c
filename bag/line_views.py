"""Waiting for what others hold: joining a line, one's place in it, and having one's turn."""

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

from accounts.addresses import client_address, site_of
from bag.exceptions import (
    BagFull,
    LineCrowded,
    LineFull,
    NoLine,
    TooManyTakes,
    TooMuchMail,
    WantsNoMail,
)
from bag.forms import PlaceForm
from bag.line import claim_item, join_line, leave_line, subscribe, take_offer, unsubscribe
from bag.models import STOP_LENGTH, PlaceInLine
from bag.session import Bag
from bag.templatetags.line import in_words
from bag.views import refusal_message
from store.models import Item
from store.templatetags.clock_time import clock_time


class JoinView(View):
    """Be next in line: a guest leaves an address, a customer just clicks."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = get_object_or_404(Item.objects.published(), pk=item_id)
        return self.answer(item, PlaceForm(request.POST, customer=Bag(request).customer))

    def answer(self, item: Item, form: PlaceForm) -> HttpResponse:
        request = self.request
        bag = Bag(request)
        if form.is_valid():
            try:
                place = self.join(bag, item, form.cleaned_data["email"])
            except (WantsNoMail, TooMuchMail) as refusal:
                form.add_error("email", no_mail_message(refusal))
            except (NoLine, LineFull, LineCrowded, TooManyTakes) as refusal:
                messages.error(request, no_place_message(item, refusal))
                return redirect(item)
            else:
                messages.success(request, place_message(place))
                return redirect(item)
        return self.ask_again(item, form)

    def ask_again(self, item: Item, form: PlaceForm) -> HttpResponse:
        return render(self.request, "bag/place_join.html", {"item": item, "form": form})

    def join(self, bag: Bag, item: Item, email: str) -> PlaceInLine:
        place = join_line(
            item=item,
            email=email,
            customer=bag.customer,
            bag_key=bag.open(),
            address=client_address(self.request),
            site=site_of(self.request),
        )
        return PlaceInLine.objects.with_standing().select_related("item").get(pk=place.pk)


@method_decorator(never_cache, name="dispatch")
class PlaceView(DetailView):
    """Where a place in line stands, for whoever has its secret address."""

    slug_field = slug_url_kwarg = "secret"
    template_name = "bag/place.html"
    context_object_name = "place"

    def get_queryset(self) -> QuerySet[PlaceInLine]:
        places = PlaceInLine.objects.with_standing().with_end()
        return places.select_related("item", "piece")


class AgainView(JoinView):
    """Join the line once more when one's turn has gone by, with the address given before."""

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:  # type: ignore[override]
        places = PlaceInLine.objects.filter(item__published=True).select_related("item")
        self.place = get_object_or_404(places, secret=secret)
        form = PlaceForm({"email": self.place.email}, customer=Bag(request).customer)
        return self.answer(self.place.item, form)

    def ask_again(self, item: Item, form: PlaceForm) -> HttpResponse:
        """The page of a place shows its address to nobody, so not in a form either."""
        messages.error(self.request, str(form.errors["email"][0]))
        return redirect(self.place)


class TakeView(View):
    """Put what is held for a place into the bag of whoever has its secret address."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        place = get_object_or_404(PlaceInLine.objects.select_related("item"), secret=secret)
        bag = Bag(request)
        try:
            took = take_offer(
                place=place,
                bag_key=bag.open(),
                customer=bag.customer,
                address=client_address(request),
            )
        except (BagFull, TooManyTakes) as refusal:
            messages.error(request, refusal_message(place.item, refusal, mine=0))
            return redirect(place)
        if took:
            return show_in_bag(request, bag, place.item)
        # A double click is not told that it came too late.
        if bag.counts[place.item_id]:
            return redirect("bag:detail")
        messages.error(request, _("Your time for “%(title)s” has gone by.") % {"title": place.item})
        return redirect(place)


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
        except (BagFull, TooManyTakes) as refusal:
            messages.error(request, refusal_message(item, refusal, mine=0))
            return redirect("bag:detail")
        if claimed:
            return show_in_bag(request, bag, item)
        if bag.counts[item.pk]:
            return redirect("bag:detail")
        if not item.published:
            raise Http404
        messages.error(request, _("“%(title)s” is not held for you.") % {"title": item})
        return redirect(item)


class LeaveView(View):
    """Give a place in line up."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        place = get_object_or_404(PlaceInLine, secret=secret)
        leave_line(place=place)
        return redirect(place)


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(View):
    """Leave all lines, and get no such mails any more.

    A mail program may send this POST by itself, without a cookie, and follows no redirect
    (RFC 8058). A GET, which scanners of mails send as well, changes nothing.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, stop: str) -> HttpResponse:
        return render(request, "bag/place_stop.html", {"place": place_to_stop(stop)})

    def post(self, request: HttpRequest, stop: str) -> HttpResponse:
        place = place_to_stop(stop)
        unsubscribe(place=place)
        return render(request, "bag/place_unsubscribed.html", {"place": place})


@method_decorator(csrf_exempt, name="dispatch")
class SubscribeView(View):
    """Get mails about lines again. What only mails carry proves whose address it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, stop: str) -> HttpResponse:
        subscribe(place=place_to_stop(stop))
        text = _("We write to you about lines again. Join those that matter to you once more.")
        messages.success(request, text)
        return redirect("store:list")


def place_to_stop(stop: str) -> PlaceInLine:
    places = PlaceInLine.objects.select_related("customer", "item")
    place = get_object_or_404(places, secret=stop[:-STOP_LENGTH])
    if not constant_time_compare(place.stop, stop):
        raise Http404
    return place


def show_in_bag(request: HttpRequest, bag: Bag, item: Item) -> HttpResponse:
    bag.want(item.pk, bag.counts[item.pk])
    messages.success(request, _("“%(title)s” is in your bag.") % {"title": item})
    return redirect("bag:detail")


def place_message(place: PlaceInLine) -> str:
    names: dict[str, Any] = {"title": place.item, "place": in_words(place.number)}
    if place.standing == PlaceInLine.State.OFFERED:
        return _("It is your turn for “%(title)s”.") % names
    if not place.is_mailed:
        text = _("You are %(place)s in line for “%(title)s”. You see here when it is your turn.")
        return text % names
    return _("You are %(place)s in line for “%(title)s”. We mail you when it is your turn.") % names


def no_mail_message(refusal: WantsNoMail | TooMuchMail) -> str:
    if isinstance(refusal, WantsNoMail):
        return _(
            "The owner of this address wants no such mails. If that is you, ask for them again by "
            "“No more such mails” in the last one, or log in to wait without mails."
        )
    return _(
        "This address has been given for a great many lines today. Give another one, or log in."
    )


def no_place_message(item: Item, refusal: NoLine | LineFull | LineCrowded | TooManyTakes) -> str:
    """Say why somebody could not join a line, and what is possible instead."""
    if isinstance(refusal, LineFull):
        text = _("You can be in %(limit)d lines at most. Leave one that matters less to you.")
        return text % {"limit": refusal.limit}
    if isinstance(refusal, LineCrowded):
        text = _("%(limit)d people from where you are wait for “%(title)s” already. Try it later.")
        return text % {"limit": refusal.limit, "title": item}
    if isinstance(refusal, TooManyTakes):
        text = _("You have joined a great many lines lately. You can go on at %(time)s.")
        return text % {"time": clock_time(refusal.again_at)}
    return _("There is nothing to wait for: nobody else holds “%(title)s”.") % {"title": item}
