"""Mails about withdrawals: the receipt that the law wants at once, and what we must ask.

Article 11a(4) of Directive 2011/83/EU: the receipt is on a durable medium and says what was
declared, on which day and at what time.
"""

from collections.abc import Sequence

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.addresses import is_same
from accounts.links import dated_link
from invoices.mail.events import SHOP
from invoices.models import Withdrawal
from mail.outbox import MailEvent, enqueue_mail, register
from mail.wordings import Placeholder
from store.models import ShopProfile

DECLARER = _("who withdraws")
# What the link in the mail to the contract's address is for.
MAILBOX_POWER = "say that a withdrawal is mine"
MAILBOX = '{{ site }}{% url "invoices:withdrawal-mailbox" withdrawal.secret key %}'
DESK = '{{ site }}{% url "admin:invoices_withdrawal_change" withdrawal.pk %}'
DECLARED = {
    "declaration": Placeholder(
        _("what was declared: who, from what"), '{% include "invoices/mail/_declared.txt" %}'
    ),
    "time": Placeholder(_("when it was declared"), "{{ withdrawal.declared_words }}"),
    "name": Placeholder(_("who withdraws"), "{{ withdrawal.mailed_name }}"),
}
NEEDED = ["declaration", "time"]
NEXT = Placeholder(_("what happens now"), '{% include "invoices/mail/_steps.txt" %}')
PAGE = Placeholder(
    _("where the declaration can be read"), "{{ site }}{{ withdrawal.get_absolute_url }}"
)

register(
    MailEvent(
        "invoices.withdrawn",
        when=_("Somebody has withdrawn from a contract online"),
        to=DECLARER,
        seen_with="invoices.view_withdrawal",
        placeholders={
            **DECLARED,
            "link": PAGE,
            "next": NEXT,
            "check": Placeholder(
                _("how to show that the contract is theirs, if that is not known"),
                '{% include "invoices/mail/_check.txt" %}',
            ),
        },
        about="{{ withdrawal }}",
        needed=[*NEEDED, "next", "check"],
        button="{% if asks %}" + MAILBOX + "{% else %}"
        "{{ site }}{{ withdrawal.get_absolute_url }}{% endif %}",
    ),
    MailEvent(
        "invoices.withdrawal_check",
        when=_("Somebody who has not shown to be its customer has withdrawn from a contract"),
        to=_("the contract’s address"),
        seen_with="invoices.view_withdrawal",
        # Nothing that was typed: a stranger writes to whom they like with it.
        placeholders={
            "declaration": Placeholder(
                _("the number of the contract"), '{% include "invoices/mail/_contract.txt" %}'
            ),
            "time": DECLARED["time"],
            "link": Placeholder(_("where to say that it is theirs"), MAILBOX),
        },
        about="{{ withdrawal }}",
        needed=[*NEEDED, "link"],
        yields=True,
    ),
    MailEvent(
        "invoices.withdrawal_next",
        when=_("It is known now that a withdrawal comes from the contract’s customer"),
        to=DECLARER,
        seen_with="invoices.view_withdrawal",
        placeholders={**DECLARED, "next": NEXT, "link": PAGE},
        about="{{ withdrawal }}",
        needed=["next"],
    ),
    MailEvent(
        "invoices.withdrawal_answer",
        when=_("Staff have answered a withdrawal"),
        to=DECLARER,
        seen_with="invoices.view_withdrawal",
        placeholders={
            **DECLARED,
            "answer": Placeholder(_("how it ended"), "{{ withdrawal.get_answer_display }}"),
            "words": Placeholder(_("what staff have written about it"), "{{ words }}"),
            "link": PAGE,
        },
        about="{{ withdrawal }}",
        needed=["answer", "words"],
    ),
    MailEvent(
        "invoices.withdrawn_shop",
        when=_("Somebody has withdrawn from a contract online"),
        to=SHOP,
        seen_with="invoices.view_withdrawal",
        placeholders={
            **DECLARED,
            "email": Placeholder(_("where the confirmation went"), "{{ withdrawal.email }}"),
            "link": Placeholder(_("where staff go on with it"), DESK),
        },
        about="{{ withdrawal }}",
    ),
)


def notify_about_withdrawal(
    withdrawal: Withdrawal, event: str, *, steps: Sequence[str] = (), words: str = ""
) -> None:
    """Tell whoever declared it, in the transaction of what is told."""
    enqueue_mail(
        f"invoices.{event}",
        to=withdrawal.email,
        context={"withdrawal": withdrawal, "steps": steps, "words": words},
        language=withdrawal.language,
        reply_to=ShopProfile.get_solo().email,
        site=withdrawal.site,
    )


def acknowledge(
    withdrawal: Withdrawal,
    mailbox: str,
    steps: Sequence[str],
    *,
    may_ask: bool = True,
    yields: bool = True,
) -> None:
    """Mail the receipt, tell the shop and ask the contract's `mailbox`, in one transaction.

    These mails wait for all others unless whoever gets the receipt is known to read it (`yields`).
    Who has not shown to be the customer learns nothing of the contract, not even that there is
    one. Nobody gets two mails: the receipt asks when it goes to the contract's own address.
    """
    shop = ShopProfile.get_solo()
    is_own = is_same(mailbox, withdrawal.email)
    recipients = recipients_of(withdrawal, mailbox, shop.email, may_ask=may_ask)
    asks = not withdrawal.is_proven and is_own
    if "withdrawal_check" in recipients.values() or (asks and recipients):
        Withdrawal.objects.filter(pk=withdrawal.pk).update(asked_at=Now())
    key = dated_link(MAILBOX_POWER, withdrawal.pk, withdrawal.secret)
    known = {"withdrawal": withdrawal, "key": key, "steps": steps}
    for to, event in recipients.items():
        enqueue_mail(
            f"invoices.{event}",
            to=to,
            context={**known, "asks": asks},
            language="" if event == "withdrawn_shop" else withdrawal.language,
            reply_to=withdrawal.email if event == "withdrawn_shop" else shop.email,
            site=withdrawal.site,
            yields=yields,
        )


def recipients_of(
    withdrawal: Withdrawal, mailbox: str, shop: str, *, may_ask: bool
) -> dict[str, str]:
    """Who gets which mail. Of a contract whose mailbox is asked already, the desk alone is told."""
    is_again = bool(mailbox) and Withdrawal.objects.asking(withdrawal).exists()
    is_again = is_again and not withdrawal.is_proven
    found = {withdrawal.email: "withdrawn"} if withdrawal.is_receipt_mailed else {}
    is_own = is_same(mailbox, withdrawal.email)
    if mailbox and may_ask and not (withdrawal.is_proven or is_own or is_again):
        found[mailbox] = "withdrawal_check"
    if shop and withdrawal.is_receipt_mailed and not is_again:
        found.setdefault(shop, "withdrawn_shop")
    return found
