"""Withdrawing from a contract online: Article 11a of Directive 2011/83/EU.

The labels are those which the law prescribes: "Withdraw from contract here" leads to a page that
asks three things, and what "Confirm withdrawal" sends counts from that moment. No log-in is asked
for anywhere, and no reason.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, FormView, TemplateView, View

from accounts.addresses import site_of
from accounts.models import User
from accounts.secrets import new_secret
from invoices.models import Withdrawal
from invoices.models.withdrawal import LONGEST_CONTRACT
from invoices.withdrawals.acting import carry_out
from invoices.withdrawals.contracts import NO_CONTRACT, Contract, contract_for
from invoices.withdrawals.declaring import Declaration, declare, opens_mailbox, prove
from invoices.withdrawals.forms import WithdrawalForm
from invoices.withdrawals.information import information, model_form
from invoices.withdrawals.left import is_left
from invoices.withdrawals.mail_limits import mails_for
from invoices.withdrawals.next_steps import next_steps
from invoices.withdrawals.on_pages import on_page
from store.models import OrderLine, ShopProfile

# What was filled in waits in the session for the button that confirms it.
DRAFT, SENT = "withdrawal", "withdrawn"


@method_decorator(never_cache, name="dispatch")
class WithdrawView(FormView):
    """The first step, for anybody, or by the link of a contract."""

    template_name = "invoices/withdrawals/form.html"
    form_class = WithdrawalForm

    @cached_property
    def contract(self) -> Contract:
        """That of the page or mail which leads here; named in the address, only for its owner."""
        if secret := self.kwargs.get("secret"):
            found = contract_for(self.request, "", secret)
            if not found.subject:
                raise Http404
            return found
        named = contract_for(self.request, self.request.GET.get("contract", "")[:LONGEST_CONTRACT])
        return named if named.proof else NO_CONTRACT

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "contract": self.contract}

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        known = {"name": user.name, "email": user.email} if isinstance(user, User) else {}
        draft = self.request.session.get(DRAFT, {})
        if draft.get("secret", "") != self.kwargs.get("secret", ""):
            draft = {}
        named = {"contract": self.request.GET.get("contract", "")}
        return {**named, **known, **draft}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what was withdrawn before; who proved nothing is led to no confirmation."""
        before: dict[str, Any] = {"is_left": True}
        if subject := self.contract.subject:
            before = {**on_page(subject), "is_left": is_left(subject)}
        proven = bool(self.contract.proof)
        return super().get_context_data(
            contract=self.contract, plain=not proven, **before, **kwargs
        )

    def form_valid(self, form: WithdrawalForm) -> HttpResponse:
        self.request.session[DRAFT] = {
            "contract": self.contract.reference,
            **form.cleaned_data,
            "secret": self.kwargs.get("secret", ""),
            "key": new_secret(),
        }
        return redirect("invoices:withdraw-confirm")


@method_decorator(never_cache, name="dispatch")
class ConfirmView(View):
    """The second step: what is declared, and one button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if DRAFT not in request.session:
            return self.lead_on()
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        draft = request.session.get(DRAFT)
        if draft is None:
            return self.lead_on()
        contract = contract_for(request, draft["contract"], draft["secret"])
        declaration = Declaration(
            name=draft["name"],
            contract=draft["contract"],
            email=draft["email"],
            lines=draft.get("lines", []),
            idempotency_key=draft["key"],
            site=site_of(request),
            may_mail=mails_for(request, contract, draft["email"]),
        )
        withdrawal = declare(declaration, contract)
        carry_out(withdrawal)
        del request.session[DRAFT]
        request.session[SENT] = withdrawal.secret
        return redirect(withdrawal)

    def lead_on(self) -> HttpResponse:
        """After a second click, to what the first has done."""
        if secret := self.request.session.get(SENT):
            return redirect("invoices:withdrawal", secret)
        return redirect("invoices:withdraw")

    def show(self) -> HttpResponse:
        draft = self.request.session[DRAFT]
        lines = OrderLine.objects.filter(pk__in=draft.get("lines", [])).select_related("piece")
        things = "\n".join(f"{line.title} ({line.piece})" for line in lines)
        context = {"draft": draft, "things": things}
        return render(self.request, "invoices/withdrawals/confirm.html", context)


@method_decorator(never_cache, name="dispatch")
class WithdrawalView(DetailView):
    """What was declared and when, to be printed and kept, for whoever has its secret address."""

    slug_field = slug_url_kwarg = "secret"
    queryset = Withdrawal.objects.select_related("order", "ticket")
    template_name = "invoices/withdrawals/withdrawal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(steps=next_steps(self.object), **kwargs)


class InformationView(TemplateView):
    """The information on the right to withdraw, and the model form of the law."""

    template_name = "invoices/withdrawals/right.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shop = ShopProfile.for_pages()
        texts = {"information": information(shop, site_of(self.request)), "form": model_form(shop)}
        return super().get_context_data(**texts, **kwargs)


@method_decorator(never_cache, name="dispatch")
class MailboxView(View):
    """Where the mail to the contract's own address leads: whoever reads it says that it is theirs.

    A scanner of mails that opens the address does nothing: that takes a button.
    """

    def find(self, secret: str, key: str) -> Withdrawal:
        found = get_object_or_404(
            Withdrawal.objects.select_related("order", "ticket"), secret=secret
        )
        if not opens_mailbox(key, found):
            raise Http404
        return found

    def get(self, request: HttpRequest, secret: str, key: str) -> HttpResponse:
        withdrawal = self.find(secret, key)
        if withdrawal.is_proven or withdrawal.closed_at:
            return redirect(withdrawal)
        context = {"withdrawal": withdrawal}
        return render(request, "invoices/withdrawals/mailbox.html", context)

    def post(self, request: HttpRequest, secret: str, key: str) -> HttpResponse:
        withdrawal = self.find(secret, key)
        if prove(withdrawal, Withdrawal.Proof.MAILBOX):
            carry_out(withdrawal)
            messages.success(request, _("Thank you: now we know that it is yours."))
        return redirect(withdrawal)
