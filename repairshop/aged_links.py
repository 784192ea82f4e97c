"""Links that were good once: what they led to is named, and a new one is mailed, to its owner only.

And the timer's part: some days after a row was made, the database keeps no link to it any more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.addresses import site_of
from accounts.limits import LINKS, TooOften, check_limit
from accounts.linked import AgedLink, HiddenLinkMixin, digest_of, find_by_link
from accounts.mail import mail_new_link
from accounts.secrets import new_secret
from invoices.models import Invoice
from mail.telling import gets_mail
from repairs_restorals.models import Quote, ServiceTicket
from repairshop.middleware import NextHandler
from store.models import Order

LINKED: dict[str, Callable[[], Any]] = {
    Order.POWER: Order.objects.all,
    Invoice.POWER: Invoice.objects.with_parts,
    Quote.POWER: Quote.objects.shown,
    ServiceTicket.POWER: ServiceTicket.objects.all,
}
# Models whose rows keep their first link for a while, and since when they have it.
HIDDEN: list[tuple[type[HiddenLinkMixin], str]] = [
    (Order, "placed_at"),
    (Quote, "sent_at"),
    (ServiceTicket, "created_at"),
]
KEPT_FOR = timedelta(days=3)
# By then no web process of the release before serves any more, nor is one taken up again.
RELEASED = "store", "0027_first_links_of_orders"
RELEASE_STANDS_AFTER = timedelta(days=7)
LINKS_PER_ROUND = 200


class AgedLinkMiddleware:
    """Leads whoever comes by a link that is too old to the page that says so."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, AgedLink):
            return None
        return redirect("aged-link", problem.row.POWER, problem.text)


@method_decorator(never_cache, name="dispatch")
class AgedLinkView(View):
    """Names what an old link led to and its state, and no more; by a button mails a new one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["power"] not in LINKED:
            raise Http404
        try:
            row: Any = find_by_link(LINKED[kwargs["power"]](), kwargs["link"], request.user)
        except AgedLink as aged:
            self.row = aged.row
            return super().dispatch(request, *args, **kwargs)
        return redirect(row.link_address)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not gets_mail(self.row.link_owner.email):
            return self.page()
        try:
            check_limit(LINKS, request, self.row.link_owner.email)
        except TooOften as refusal:
            return self.page(status=429, problem=refusal.sentence)
        mail_new_link(self.row, site_of(request))
        messages.success(request, _("A new link is on its way by mail."))
        return redirect(request.path)

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        known = {"row": self.row, "is_mailed": gets_mail(self.row.link_owner.email)}
        return render(self.request, "aged_link.html", {**known, **context}, status=status)


def hide_links() -> int:
    """Keep of first links no more than their digests, of some rows a round. For the timer."""
    if not release_stands():
        return 0
    return sum(hide_links_of(model, since) for model, since in HIDDEN)


def release_stands() -> bool:
    """Whether this release is so old that the one before, which knows plain links only, is gone."""
    app, name = RELEASED
    applied = MigrationRecorder(connection).migration_qs.filter(app=app, name=name)
    return applied.filter(applied__lt=timezone.now() - RELEASE_STANDS_AFTER).exists()


def hide_links_of(model: type[HiddenLinkMixin], since: str) -> int:
    field, hidden = model.NONCE, 0
    plain = model._default_manager.filter(first_link=None, **{f"{field}__isnull": False})
    old = plain.filter(**{f"{since}__lt": timezone.now() - KEPT_FOR}).order_by("pk")
    for pk, link in old.values_list("pk", field)[:LINKS_PER_ROUND]:
        # Asked once more: its customer may have revoked it just now.
        same = plain.filter(**{"pk": pk, field: link})
        hidden += same.update(**{"first_link": digest_of(link), field: new_secret()})
    return hidden
