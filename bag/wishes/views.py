"""Asking to be told of something like what is gone, and ending that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from accounts.addresses import site_of
from accounts.networks import client_address
from bag.exceptions import NotMailed
from bag.session import Bag
from bag.wishes.forms import WishForm
from bag.wishes.models import Wish
from bag.wishes.services import end_wishes, wish_for
from mail.sending import has_server
from store.exceptions import Refusal
from store.models import Item


class WishForView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        item = get_object_or_404(Item.objects.published(), pk=item_id)
        customer = Bag(request).customer
        form = WishForm(request.POST, customer=customer)
        if form.is_valid():
            try:
                wish_for(
                    item=item,
                    email=form.cleaned_data["email"],
                    customer=customer,
                    address=client_address(request),
                    site=site_of(request),
                )
            except NotMailed as refusal:
                form.add_error("email" if "email" in form.fields else None, refusal.sentence)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                text = _("We mail you when something like “%(title)s” comes in.")
                if not has_server():
                    text = _("Your wish for something like “%(title)s” is noted.")
                messages.success(request, text % {"title": item.translated.title})
                return redirect(item)
        return render(request, "bag/wishes/ask.html", {"item": item, "form": form})


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class WishView(View):
    """End a wish, by the link in its mails. A mail program may send the POST by itself."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        wish = get_object_or_404(Wish.objects.select_related("item"), secret=secret)
        return render(request, "bag/wishes/end.html", {"wish": wish})

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        end_wishes(secret=secret)
        return render(request, "bag/wishes/end.html", {"wish": None})
