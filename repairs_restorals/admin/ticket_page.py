"""A ticket's page, and what staff send from it."""

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from repairs_restorals.admin.board import age, badge, due
from repairs_restorals.admin.forms import (
    AddressForm,
    AssignForm,
    MergeForm,
    NoteForm,
    PartsForm,
    PhotosForm,
    StatusLinkForm,
    TicketPageForm,
    TicketTaskForm,
    TicketTransitionForm,
    WriteForm,
)
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.admin.telling import unmailed
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.models.photos import sees_work
from repairs_restorals.models.status import CLOSED
from repairs_restorals.photos import prepare_photos
from repairs_restorals.sent_photos import name_refused
from repairs_restorals.services import (
    NOTIFIED,
    add_photos,
    assign_ticket,
    renew_status_link,
    slip_of,
    transition_ticket,
    undo_collected,
    write_message,
)
from repairs_restorals.writing import write_task
from store.exceptions import Refusal
from store.panels import bill_of
from store.renamed_fields import with_new_names
from store.versions import VersionedForm

CHANGE = "repairs_restorals.change_serviceticket"
HAND_OUT = "repairs_restorals.hand_out_serviceticket"
# What stands on the buttons; each makes one of `ServiceTicket.allowed_transitions`.
BUTTONS = {
    Status.ASSESSING: gettext_lazy("Assess it"),
    Status.IN_PROGRESS: gettext_lazy("Work on it"),
    Status.READY: gettext_lazy("Ready to collect"),
    Status.COLLECTED: gettext_lazy("It was collected"),
    Status.CANCELLED: gettext_lazy("Cancel it"),
}


class TicketPage(TicketStaffView):
    """Everything about one ticket in one place, with a form for each thing that staff do."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.view_serviceticket"]
    template = "page"
    forms: ClassVar[list[type[TicketPageForm]]] = [
        WriteForm,
        NoteForm,
        PhotosForm,
        TicketTransitionForm,
        PartsForm,
        AssignForm,
        AddressForm,
        StatusLinkForm,
        MergeForm,
        TicketTaskForm,
    ]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(find_ticket(pk))

    def show(self, ticket: ServiceTicket, bound: TicketPageForm | None = None) -> HttpResponse:
        forms = {form.name: self.unbound(form, ticket) for form in self.forms}
        if bound:
            forms[bound.name] = bound
        return self.page(
            str(ticket),
            ticket=ticket,
            badge=badge(ticket),
            age=age(ticket),
            due=due(ticket),
            unmailed=unmailed(ticket) if ticket.status == Status.READY else "",
            slip=slip_of(ticket),
            sees_work=sees_work(self.user),
            may_hand_out=self.user.has_perm(CHANGE) or self.user.has_perm(HAND_OUT),
            transitions=[
                (status, BUTTONS[status])
                for status in ticket.allowed_transitions
                if status == Status.COLLECTED or self.user.has_perm(CHANGE)
                if status != Status.IN_PROGRESS or not ticket.lacks_deposit
            ],
            draft=next((q for q in ticket.quotes.all() if q.state == Quote.State.DRAFT), None),
            is_billed=bill_of(ticket).is_issued,
            site=self.site,
            forms=forms,
        )

    def unbound(
        self, form: type[TicketPageForm], ticket: ServiceTicket, *data: Any
    ) -> TicketPageForm:
        extra: dict[str, Any] = {"user": self.user} if issubclass(form, TicketTaskForm) else {}
        if issubclass(form, VersionedForm):
            extra["version"] = ticket.version
        return form(*data, ticket=ticket, **extra)


class TicketAction(TicketPage):
    """What is sent from the page. Whatever is refused is shown there again as it was typed."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.change_serviceticket"]
    http_method_names = ["post"]
    form: type[TicketPageForm]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        sent = with_new_names(request.POST)
        form = self.unbound(self.form, ticket, sent, request.FILES)
        if not form.is_valid():
            return self.refuse(ticket, form)
        try:
            done = self.act(ticket, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.refuse(find_ticket(pk), form)
        if done:
            messages.success(request, done)
        return redirect("admin:repairs_restorals_serviceticket_change", pk)

    def refuse(self, ticket: ServiceTicket, form: TicketPageForm) -> HttpResponse:
        for sentence in form.non_field_errors():
            messages.error(self.request, str(sentence))
        return self.show(ticket, form)

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        """Do it and return the sentence that says so."""
        raise NotImplementedError


class Write(TicketAction):
    form = WriteForm
    internal = False

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        photos, refused = prepare_photos(data["photos"])
        name_refused(self.request, refused)
        if not photos and not data["body"]:
            return ""
        write_message(
            ticket_id=ticket.pk,
            author=self.user,
            body=data["body"],
            photos=photos,
            from_workshop=True,
            internal=self.internal,
            site=self.site,
            key=data["idempotency_key"],
        )
        if self.internal:
            return _("Noted, for us alone.")
        undone = unmailed(ticket)
        return f"{_('Written.')} {undone}" if undone else _("Sent to the customer.")


class Note(Write):
    form = NoteForm
    internal = True


class AddPhotos(TicketAction):
    form = PhotosForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        photos, refused = prepare_photos(data["photos"])
        name_refused(self.request, refused)
        added = len(
            add_photos(
                ticket_id=ticket.pk,
                photos=photos,
                actor=self.user,
                stage=data["stage"],
                caption=data["caption"],
            )
        )
        text = ngettext("%d photo was added.", "%d photos were added.", added) % added
        return text if added else ""


class Transition(TicketAction):
    """Move a ticket on; of one that is collected with money open, ask first."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.view_serviceticket"]
    form = TicketTransitionForm

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sent = with_new_names(request.POST)
        check_may_hand_out(self.user, hands_out=sent.get("transition-to") == Status.COLLECTED)
        ticket = find_ticket(pk)
        bill = bill_of(ticket)
        form = self.unbound(self.form, ticket, sent)
        asks = (bill.balance or 0) > 0 and "anyway" not in request.POST
        if asks and form.is_valid() and form.cleaned_data["to"] == Status.COLLECTED:
            self.template = "hand_out"
            title = _("%s is collected") % ticket
            return self.page(title, ticket=ticket, form=form, bill=bill)
        return super().post(request, pk)

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        transition_ticket(
            ticket_id=ticket.pk,
            to=data["to"],
            version=data["version"],
            actor=self.user,
            site=self.site,
            note=data["note"],
        )
        if data["to"] in CLOSED and (left := bill_of(ticket).remark):
            facts = {"state": data["to"].label, "left": left}
            messages.warning(self.request, _("It is %(state)s, but: %(left)s.") % facts)
        done = str(_("The ticket is now: %s.") % data["to"].label)
        would_mail = data["to"] in NOTIFIED or data["note"]
        return f"{done} {unmailed(ticket)}".strip() if would_mail else done

    def refuse(self, ticket: ServiceTicket, form: TicketPageForm) -> HttpResponse:
        """The button that was pressed is no longer on the page: say so at its top."""
        for sentence in form.errors.pop("to", []):
            messages.error(self.request, str(sentence))
        cast(TicketTransitionForm, form).show_version_of(ticket)
        return super().refuse(ticket, form)


def check_may_hand_out(user: User, *, hands_out: bool = True) -> None:
    """Whoever minds the shop hands things out, and makes no other transition."""
    if not (user.has_perm(CHANGE) or (hands_out and user.has_perm(HAND_OUT))):
        raise PermissionDenied


class UndoCollected(TicketPage):
    permissions: ClassVar[list[str]] = ["repairs_restorals.view_serviceticket"]
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        check_may_hand_out(self.user)
        try:
            undo_collected(ticket_id=find_ticket(pk).pk, actor=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("It is undone: the ticket is ready to collect."))
        return redirect("admin:repairs_restorals_serviceticket_change", pk)


class Assign(TicketAction):
    form = AssignForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        assign_ticket(
            ticket_id=ticket.pk,
            assignee=data["assignee"],
            due_on=data["due_on"],
            actor=self.user,
        )
        return _("Saved.")


class Link(TicketAction):
    form = StatusLinkForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        revoke = data["link"] == "none"
        renew_status_link(ticket_id=ticket.pk, actor=self.user, revoke=revoke)
        text = _("There is a new status link; earlier ones lead nowhere.")
        return _("The status link leads nowhere now.") if revoke else text


class Merge(TicketAction):
    form = MergeForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        others = [other.pk for other in data["others"]]
        merge_tickets(into=ticket.pk, others=others, actor=self.user, site=self.site)
        text = ngettext(
            "%d ticket was brought into this one.",
            "%d tickets were brought into this one.",
            len(others),
        )
        return text % len(others)


class AddTask(TicketAction):
    form = TicketTaskForm
    permissions: ClassVar[list[str]] = ["repairs_restorals.add_task"]

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        write_task(
            ticket=ticket,
            author=self.user,
            assignee=data.get("assignee") or self.user,
            title=data["title"],
            due_on=data["due_on"],
            key=data["idempotency_key"],
        )
        return _("The task is on the list.")
