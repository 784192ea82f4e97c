"""The drawer: what is open, the form that closes it, and the one for what goes in or out."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import StaffView
from accounts.secrets import new_secret
from invoices.day_close.closing import close_day, closed_as, move_cash
from invoices.day_close.figures import open_day
from invoices.day_close.forms import CloseForm, MoveForm
from invoices.exceptions import DayMovedOn, SentBefore
from invoices.models import DayClose, Payment
from store.pdf import pdf_answer

DRAWER = "admin:invoices_dayclose_drawer"
# Two forms on a page, and no id twice.
MOVE_ID = "move_%s"


class DrawerPage(StaffView):
    """What is open, and the form that closes it."""

    permissions: ClassVar[list[str]] = ["invoices.add_dayclose"]
    model = DayClose
    template = "drawer"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Figures of before are shown anew before anything else is said of what was typed."""
        if first := closed_as(request.POST.get("idempotency_key", "")):
            return self.closed(first)
        form = CloseForm(request.POST, day=open_day(), user=self.user)
        if form["version"].value() != form.day.version:
            return self.show(close=self.again(DayMovedOn()))
        if not form.is_valid():
            return self.show(close=form)
        try:
            return self.closed(close_day(form.signed, actor=self.user))
        except DayMovedOn as refusal:
            return self.show(close=self.again(refusal))

    def closed(self, close: DayClose) -> HttpResponse:
        messages.success(self.request, _("%s is closed for good.") % close)
        return redirect("admin:invoices_dayclose_change", close.pk)

    def again(self, refusal: DayMovedOn) -> CloseForm:
        """What was typed, beside the figures of now; a difference is to be meant anew."""
        typed = {name: text for name, text in self.request.POST.items() if name != "is_meant"}
        form = CloseForm(typed, day=open_day(), user=self.user)
        form.show_version_of(form.day)
        form.add_error(None, refusal.sentence)
        return form

    def show(self, *, close: CloseForm | None = None, move: MoveForm | None = None) -> HttpResponse:
        day = close.day if close else open_day()
        return self.page(
            _("Close the day"),
            day=day,
            form=close or CloseForm(day=day, user=self.user),
            move=move or MoveForm(auto_id=MOVE_ID, day=day),
            unclosed=Payment.objects.cash_left_over(),
        )


class MoveCash(DrawerPage):
    """Put in or taken out: on the drawer's page, with what was typed there if it is refused."""

    permissions: ClassVar[list[str]] = [*DrawerPage.permissions, "invoices.add_cashmovement"]
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MoveForm(request.POST, auto_id=MOVE_ID, day=open_day())
        if not form.is_valid():
            return self.show(move=form)
        known = {name: form.cleaned_data[name] for name in ("reason", "idempotency_key")}
        try:
            move_cash(amount=form.signed_amount, actor=self.user, **known)
        except SentBefore as refusal:
            return self.show(move=self.anew(refusal))
        messages.success(request, _("It is written down."))
        return redirect(DRAWER)

    def anew(self, refusal: SentBefore) -> MoveForm:
        """What was typed, to be sent as another movement."""
        typed = {**self.request.POST.dict(), "idempotency_key": new_secret()}
        form = MoveForm(typed, auto_id=MOVE_ID, day=open_day())
        form.add_error(None, refusal.sentence)
        return form


class ClosePdf(StaffView):
    permissions: ClassVar[list[str]] = ["invoices.view_dayclose"]
    model = DayClose
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **which: Any) -> HttpResponse:
        close = DayClose.objects.filter(**which).first()
        if close is None:
            raise Http404
        return pdf_answer(bytes(close.pdf), close.file_name)
