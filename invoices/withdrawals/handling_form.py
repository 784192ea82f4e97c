"""What staff say of a withdrawal, and what they are asked about it."""

from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from invoices.models import Withdrawal
from invoices.models.withdrawal import LONGEST_CONTRACT
from invoices.withdrawals.contracts import Contract, contract_of_words
from invoices.withdrawals.handling import Handling, shown_of
from invoices.withdrawals.rights import sealed_lines
from invoices.withdrawals.settling import proposal_for
from invoices.withdrawals.standing import Standing, standing_of
from money.fields import AmountField
from money.filters import money

SETTLING = ["settles", "owed"]
ASKED_OF_SOME = ["seal", *SETTLING]


def asked_about(withdrawal: Withdrawal) -> list[str]:
    """What is asked only about some."""
    sealed = [] if withdrawal.seal or not sealed_lines(withdrawal) else ["seal"]
    return sealed + (SETTLING if standing_of(withdrawal) == Standing.TO_SETTLE else [])


class HandlingForm(forms.ModelForm):
    """What somebody of the shop knows of it, or decides."""

    # A page of the version before has none.
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    found = forms.CharField(
        label=_("Which contract it is"),
        max_length=LONGEST_CONTRACT,
        required=False,
        help_text=_("The number of the order or ticket, such as R00012 or W00012."),
    )
    is_theirs = forms.BooleanField(
        label=_("It comes from the customer of that contract"),
        required=False,
        help_text=_(
            "You know the voice, or have asked. What was not sent is cancelled at once, and money "
            "that came by card goes back there, if you may do that by hand. Otherwise it is noted "
            "here, and a manager decides."
        ),
    )
    has_returned = forms.BooleanField(
        label=_("The things, or a proof that they were sent, have come"), required=False
    )
    seal = forms.ChoiceField(
        label=_("The seal of what was sold sealed"),
        choices=[("", _("not looked at yet")), *Withdrawal.Seal.choices],
        required=False,
        help_text=_(
            "For reasons of health or hygiene: once the seal was broken after delivery, the right "
            "to withdraw is gone. The customer reads so, and you answer below."
        ),
    )
    settles = forms.BooleanField(
        label=_("Stop the work, and bill what is owed"),
        required=False,
        help_text=_(
            "The invoice is issued, and the thing can be collected. Of what is billed already, a "
            "credit note takes back what is not owed."
        ),
    )
    owed = AmountField(
        label=_("Owed for the part that is done"), required=False, min_value=Decimal(0)
    )
    answer = forms.ChoiceField(
        label=_("How it ends"),
        choices=[("", _("it is still open")), *Withdrawal.Answer.choices],
        required=False,
        help_text=_("It is the answer of the shop, and cannot be changed."),
    )
    words = forms.CharField(
        label=_("A word about it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
    )

    class Meta:
        model = Withdrawal
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["shown"] = shown_of(self.instance)
        for name in {*ASKED_OF_SOME} - {*asked_about(self.instance)}:
            del self.fields[name]
        if "owed" in self.fields:
            self.most = self.propose()

    def propose(self) -> Decimal:
        """Fill in what is owed by what was recorded; return the most that may be."""
        proposal = proposal_for(self.instance)
        self.initial["owed"] = proposal.amount
        facts = {"done": proposal.done, "tasks": proposal.tasks, "most": money(proposal.most)}
        if not proposal.most:
            text = _("Nothing: nobody wished that you begin before the time to withdraw is over.")
        elif not proposal.tasks:
            text = _(
                "In proportion to the %(most)s that were agreed. No tasks of the ticket are "
                "recorded, so reckon it yourself."
            )
        else:
            text = _(
                "In proportion to the %(most)s that were agreed: %(done)d of the ticket’s "
                "%(tasks)d tasks were done before the withdrawal. Change it if you know better."
            )
        self.fields["owed"].help_text = text % facts
        return proposal.most

    def clean_owed(self) -> Decimal:
        owed: Decimal = self.cleaned_data["owed"] or Decimal(0)
        if owed > self.most:
            raise forms.ValidationError(_("At most %s may be asked for.") % money(self.most))
        return owed

    def clean_found(self) -> Contract | None:
        if not (typed := self.cleaned_data["found"].strip()):
            return None
        contract = contract_of_words(typed)
        if not contract.subject:
            raise forms.ValidationError(_("There is no order and no ticket of this number."))
        return contract

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        known = self.instance.order_id or self.instance.ticket_id or data.get("found")
        if data.get("is_theirs") and not known:
            self.add_error("found", _("Say which contract it is first."))
        if data.get("shown") and data["shown"] != self.initial["shown"]:
            self.ask_to_look_again()
        return data

    def ask_to_look_again(self) -> None:
        """Somebody has found another contract meanwhile; what was typed stays."""
        text = _(
            "It is about another contract by now than when you opened the page: %(contract)s. "
            "Nothing is saved yet. Look at what stands here, and save again."
        )
        self.add_error(
            None, text % {"contract": self.instance.order or self.instance.ticket or "–"}
        )
        sent = cast(QueryDict, self.data).copy()
        sent[self.add_prefix("shown")] = self.initial["shown"]
        self.data = sent

    @property
    def handling(self) -> Handling:
        data = self.cleaned_data
        return Handling(
            shown=data.get("shown") or None,
            contract=data["found"],
            is_theirs=data["is_theirs"],
            has_returned=data["has_returned"],
            seal=data.get("seal", ""),
            owed=data["owed"] if data.get("settles") else None,
            answer=data["answer"],
            words=data["words"],
        )
