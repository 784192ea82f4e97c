"""A customer's own tickets: strangers get 404, as for tickets that do not exist."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, FormView, ListView, View

from accounts.addresses import site_of
from accounts.limits import DRAFTS, MESSAGES, TICKETS, TooOften, check_limit, refuse_too_often
from accounts.locking import AccountGone
from accounts.models import User
from mail.telling import gets_mail
from repairs_restorals.exceptions import NotEditable, TicketClosed
from repairs_restorals.forms import (
    CancelForm,
    MessageForm,
    NewTicketForm,
    TicketForm,
    TicketImageForm,
)
from repairs_restorals.models import ServiceTicket, TicketMessage, TicketQuerySet
from repairs_restorals.photos import StoredPhoto, prepare_photos
from repairs_restorals.sent_photos import check_photos, check_sent, name_refused
from repairs_restorals.services import (
    add_photos,
    cancel_ticket,
    edit_ticket,
    file_ticket,
    renew_status_link,
    write_message,
)
from repairs_restorals.timeline import with_timeline
from store.exceptions import TransitionNotAllowed
from store.renamed_fields import with_new_names

DRAFT = "ticket draft"


@method_decorator(never_cache, name="dispatch")
class TicketCreateView(FormView):
    """File a ticket. A visitor makes an account on the way, and what was typed stays."""

    form_class = NewTicketForm
    template_name = "repairs_restorals/ticket_form.html"

    @property
    def customer(self) -> User | None:
        return self.request.user if isinstance(self.request.user, User) else None

    def get_initial(self) -> dict[str, Any]:
        draft = with_new_names(self.request.session.get(DRAFT, {}))
        return {"piece": self.request.GET.get("piece", "").replace("\0", ""), **draft}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = {**super().get_form_kwargs(), "customer": self.customer}
        if "data" in kwargs:
            kwargs["data"] = with_new_names(kwargs["data"])
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = DRAFT in self.request.session and self.customer
        return super().get_context_data(has_draft=draft, **kwargs)

    def form_valid(self, form: NewTicketForm) -> HttpResponse:
        try:
            if self.customer is None:
                check_limit(DRAFTS, self.request, "")
                return self.lead_to_account(form)
            check_sent(TICKETS, self.request, f"customer {self.customer.pk}", form.cleaned_data)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        ticket: ServiceTicket = form.instance
        ticket.customer = self.customer
        ticket.idempotency_key = f"{self.customer.pk} {form.cleaned_data['idempotency_key']}"
        good, refused = prepare_photos(form.cleaned_data["photos"])
        try:
            ticket = file_ticket(ticket=ticket, photos=good, site=site_of(self.request))
        except AccountGone as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)
        self.request.session.pop(DRAFT, None)
        text = _("Thank you. Your ticket is %(reference)s; find it here.")
        if gets_mail(ticket.customer.email):
            text = _("Thank you. Your ticket is %(reference)s; we have mailed you about it.")
        messages.success(self.request, text % {"reference": ticket.reference})
        name_refused(self.request, refused)
        return redirect(ticket)

    def lead_to_account(self, form: NewTicketForm) -> HttpResponse:
        self.request.session[DRAFT] = form.typed
        known = self.request.POST.get("account") == "known"
        page = resolve_url("accounts:login" if known else "accounts:register")
        return redirect(f"{page}?next={self.request.path}")


@method_decorator(never_cache, name="dispatch")
class OwnTicketMixin(LoginRequiredMixin):
    request: HttpRequest
    kwargs: dict[str, Any]

    @property
    def customer(self) -> User:
        return cast(User, self.request.user)

    def get_queryset(self) -> TicketQuerySet:
        return ServiceTicket.objects.for_customer(self.customer)

    def get_ticket(self) -> ServiceTicket:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


class TicketListView(OwnTicketMixin, ListView):
    """The workbench: what is open, and page by page what is finished."""

    template_name = "repairs_restorals/ticket_list.html"
    context_object_name = "finished"
    paginate_by = 20

    def get_queryset(self) -> TicketQuerySet:
        tickets = super().get_queryset().with_awaits()
        return tickets.with_last_word(TicketMessage.objects.public())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.object_list = self.get_queryset().closed()
        return super().get_context_data(open=self.get_queryset().open(), **kwargs)


class TicketView(OwnTicketMixin, DetailView):
    """Everything about one ticket, and a place to write."""

    template_name = "repairs_restorals/ticket_detail.html"
    context_object_name = "ticket"

    def get_queryset(self) -> TicketQuerySet:
        return with_timeline(super().get_queryset())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": MessageForm(), **kwargs})


class MessageView(TicketView):
    """Write to the workshop. A refused message is shown again on the ticket's page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = self.get_ticket()
        form = MessageForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                check_sent(MESSAGES, request, f"ticket {ticket.pk}", form.cleaned_data)
            except TooOften as refusal:
                form.add_error(None, refusal.sentence)
        if not form.is_valid():
            return self.show(form)
        good, refused = prepare_photos(form.cleaned_data["photos"])
        name_refused(request, refused)
        if not good and not form.cleaned_data["body"]:
            return redirect(ticket)
        try:
            ticket = self.write(ticket, form.cleaned_data, good)
        except TicketClosed:
            form.add_error(None, _("This ticket is closed and takes no more messages."))
            return self.show(form)
        messages.success(request, _("Sent. The workshop has been told."))
        return redirect(ticket)

    def write(
        self, ticket: ServiceTicket, data: dict[str, Any], photos: list[StoredPhoto]
    ) -> ServiceTicket:
        """Write where the ticket goes on: it may have been merged since its page was opened."""
        said: dict[str, Any] = {"author": self.customer, "body": data["body"], "photos": photos}
        said["key"] = data["idempotency_key"]
        try:
            write_message(ticket_id=ticket.pk, site=site_of(self.request), **said)
        except TicketClosed:
            ticket.refresh_from_db(fields=["merged_into"])
            if ticket.merged_into is None:
                raise
            return self.write(ticket.merged_into, data, photos)
        return ticket

    def show(self, form: MessageForm) -> HttpResponse:
        self.object = self.get_ticket()
        return self.render_to_response(self.get_context_data(form=form))


class TicketEditView(OwnTicketMixin, FormView):
    """Change what was filed, until the workshop begins with it."""

    form_class = TicketForm
    template_name = "repairs_restorals/ticket_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.ticket = self.get_ticket()
        own = {"instance": self.ticket, "customer": self.customer}
        return {**super().get_form_kwargs(), **own}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ticket = self.get_ticket()
        return super().get(request, *args, **kwargs) if ticket.is_editable else self.refuse(ticket)

    def form_valid(self, form: TicketForm) -> HttpResponse:
        try:
            edit_ticket(ticket_id=self.ticket.pk, values=form.cleaned_data, actor=self.customer)
        except NotEditable as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.ticket)

    def refuse(self, ticket: ServiceTicket) -> HttpResponse:
        messages.warning(self.request, NotEditable().sentence)
        return redirect(ticket)


class AddImageView(OwnTicketMixin, FormView):
    """Photos for one of one's own open tickets."""

    form_class = TicketImageForm
    template_name = "repairs_restorals/add_image.html"

    def get_initial(self) -> dict[str, Any]:
        number = self.request.GET.get("ticket", "").removeprefix("W")
        return {"ticket": int(number) if number.isascii() and number.isdecimal() else None}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "customer": self.customer}

    def form_valid(self, form: TicketImageForm) -> HttpResponse:
        ticket: ServiceTicket = form.cleaned_data["ticket"]
        try:
            check_photos(self.request, f"ticket {ticket.pk}", form.cleaned_data["images"])
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        good, refused = prepare_photos(form.cleaned_data["images"])
        if not good:
            for photo in refused:
                form.add_error("images", f"{photo.name}: {photo.reason}")
            return self.form_invalid(form)
        try:
            ticket = self.add(ticket, good)
        except TicketClosed:
            form.add_error("ticket", _("This ticket is closed and takes no more photos."))
            return self.form_invalid(form)
        added = ngettext("%d photo was added.", "%d photos were added.", len(good)) % len(good)
        messages.success(self.request, added)
        name_refused(self.request, refused)
        return redirect(ticket)

    def add(self, ticket: ServiceTicket, photos: list[StoredPhoto]) -> ServiceTicket:
        """Add them where the ticket goes on: it may be merged while they are looked through."""
        try:
            add_photos(ticket_id=ticket.pk, photos=photos, actor=self.customer)
        except TicketClosed:
            ticket.refresh_from_db(fields=["merged_into"])
            if ticket.merged_into is None:
                raise
            return self.add(ticket.merged_into, photos)
        return ticket


class TicketCancelView(OwnTicketMixin, FormView):
    """Take a ticket back, after a question, while nothing is agreed."""

    form_class = CancelForm
    template_name = "repairs_restorals/ticket_cancel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(ticket=self.get_ticket(), **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ticket = self.get_ticket()
        if ticket.is_cancellable:
            return super().get(request, *args, **kwargs)
        return self.refuse(ticket)

    def form_valid(self, form: CancelForm) -> HttpResponse:
        ticket = self.get_ticket()
        told = {"site": site_of(self.request), "reason": form.cleaned_data["reason"]}
        try:
            cancel_ticket(ticket_id=ticket.pk, actor=self.customer, **told)
        except TransitionNotAllowed:
            return self.refuse(ticket)
        messages.success(self.request, _("Your ticket is cancelled."))
        return redirect(ticket)

    def refuse(self, ticket: ServiceTicket) -> HttpResponse:
        messages.error(self.request, _("It can no longer be cancelled here: write to us."))
        return redirect(ticket)


class LinkView(OwnTicketMixin, View):
    """Make the status links that are about lead nowhere; with a new one, or without."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = self.get_ticket()
        revoke = request.POST.get("link") == "none"
        renew_status_link(ticket_id=ticket.pk, actor=self.customer, revoke=revoke)
        text = _("There is a new link; earlier ones lead nowhere.")
        messages.success(request, _("The link leads nowhere now.") if revoke else text)
        return redirect(ticket)
