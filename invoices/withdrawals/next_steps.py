"""What happens now, in words: on the page of a withdrawal and in its mails.

Articles 13 and 14 of Directive 2011/83/EU: the money goes back within 14 days, the way it came,
with the cheapest shipping; it may wait for the things, or a proof that they were sent. Things are
sent back within 14 days of the declaration.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from invoices.models import Withdrawal
from invoices.withdrawals.rights import Doubt, agreed_quote, doubt_of
from invoices.withdrawals.standing import Standing, standing_of
from mail.sending import has_server
from mail.telling import gets_mail
from money.filters import money as in_words
from store.models import Order, ShopProfile
from store.models.withdrawal_rights import ReturnCosts

SEND_BACK_WITHIN = timedelta(days=14)


def next_steps(withdrawal: Withdrawal) -> list[str]:
    """Paragraphs; who has not shown to be the customer reads nothing of the contract."""
    match standing_of(withdrawal):
        case Standing.VOUCHED if withdrawal.is_proven:
            return [waiting()]
        case Standing.CLOSED:
            told = [settled(withdrawal), fetching()] if withdrawal.settled_at else []
            return [how_it_ended(withdrawal), *told]
        case Standing.NAMELESS | Standing.UNPROVEN | Standing.VOUCHED:
            return [unproven()]
        case Standing.TO_CONFIRM | Standing.TO_CANCEL as standing:
            return cancelling(withdrawal, standing)
        case Standing.AWAITS_THINGS | Standing.TO_TAKE_BACK:
            return [*returning(withdrawal), money(withdrawal, waits=True)]
        case Standing.DOUBTFUL:
            return [doubt(withdrawal)]
        case Standing.TO_STOP:
            return [_("Nothing was done yet: we cancel the repair, and you owe nothing for it.")]
        case Standing.TO_SETTLE:
            return [settling(withdrawal), fetching()]
    if withdrawal.settled_at:
        return [settled(withdrawal), fetching()]
    return [_("It is carried out."), money_after(withdrawal)]


def unproven() -> str:
    if not has_server():
        return waiting()
    return _(
        "Before we cancel anything or pay anything back, we make sure that the contract is yours: "
        "we look it up and, where we find it, mail a link to the address that it was made with. "
        "Your declaration counts from the moment above, however long that takes."
    )


def waiting() -> str:
    return _(
        "Before we cancel anything or pay anything back, somebody of the shop looks at it. Your "
        "declaration counts from the moment above, however long that takes."
    )


def cancelling(withdrawal: Withdrawal, standing: Standing) -> list[str]:
    if standing == Standing.TO_CANCEL:
        return [_("Your order has not gone out: we cancel it."), money(withdrawal)]
    if withdrawal.order and not gets_mail(withdrawal.order.email):
        return [
            _(
                "Your order waits for us to confirm it; until then you have bought nothing and owe "
                "nothing. If we confirm it, we take these things off it then."
            )
        ]
    return [
        _(
            "Your order waits for you to confirm it by the link in our mail; until then you have "
            "bought nothing and owe nothing. If you confirm it, we take these things off it then. "
            "If you do not, all of it ends by itself."
        )
    ]


def how_it_ended(withdrawal: Withdrawal) -> str:
    answer = str(withdrawal.get_answer_display())
    return _("How it ended: %s.") % answer


def money(withdrawal: Withdrawal, *, waits: bool = False) -> str:
    day = date_format(timezone.localdate(withdrawal.refund_due_at), "DATE_FORMAT")
    text = _(
        "What you have paid for it goes back the way it came, with its shipping, at no cost for "
        "you, until %s at the latest."
    )
    if waits:
        text += " " + _(
            "We may wait until we have the things, or your proof that you have sent them."
        )
    return text % day


def money_after(withdrawal: Withdrawal) -> str:
    """Nothing is announced that has gone already."""
    if standing_of(withdrawal) == Standing.DONE:
        return _("Whatever you had paid for it has been sent back to you.")
    return money(withdrawal)


def returning(withdrawal: Withdrawal) -> list[str]:
    shop = ShopProfile.get_solo()
    day = date_format(timezone.localdate(withdrawal.declared_at + SEND_BACK_WITHIN), "DATE_FORMAT")
    where = shop.translated.return_to.strip() or "\n".join([shop.name, *shop.address_lines])
    if withdrawal.order and withdrawal.order.state == Order.State.COLLECTED:
        how = _("Bring or send the things back until %s, to:")
    else:
        how = _("Send the things back until %s, to:")
    pays = _("You pay for sending them back.")
    if shop.return_costs == ReturnCosts.SHOP:
        pays = _("We pay for sending them back.")
    used = _(
        "You owe us something for them only if they have lost value because you have used them "
        "more than it takes to see what they are and how they work."
    )
    return [f"{how % day}\n{where}", f"{pays} {used}"]


def settling(withdrawal: Withdrawal) -> str:
    """Article 14(3), (4)(a): owed is the part done after an express wish to begin, or nothing."""
    quote = agreed_quote(withdrawal.ticket) if withdrawal.ticket else None
    if quote and quote.begin_wished_at:
        return _(
            "We stop the work. You wished that we begin before the time to withdraw is over: you "
            "owe the part that was done until your withdrawal, in proportion to the price that was "
            "agreed for the whole. We tell you what that comes to."
        )
    return _("We stop the work. You did not wish that we begin so early: you owe nothing for it.")


def settled(withdrawal: Withdrawal) -> str:
    quote = agreed_quote(withdrawal.ticket) if withdrawal.ticket else None
    if quote is None or not withdrawal.owed:
        return _("The work is stopped, and you owe nothing for it.")
    owed = in_words(withdrawal.owed, quote.currency)
    return _("The work is stopped. For the part that was done you owe %s.") % owed


def fetching() -> str:
    return _("What you have paid beyond that goes back the way it came. Your thing waits for you.")


def doubt(withdrawal: Withdrawal) -> str:
    """What we have found and nobody has decided: it is answered, not refused."""
    found = {
        Doubt.LATE: _("By our reckoning the time to withdraw was over."),
        Doubt.COUNTER: _(
            "By our records it was bought at the shop: the right to withdraw from what is ordered "
            "from afar is not about it."
        ),
        Doubt.UNSEALED: _(
            "Its seal was broken after you had got it: with that the right to withdraw has ended."
        ),
        Doubt.BUSINESS: _("By our records the order was placed for a business."),
        Doubt.FINISHED: _(
            "The work was finished before you withdrew, and you had wished that we begin before "
            "the time to withdraw is over: with that the right to withdraw has ended."
        ),
        Doubt.MADE: _("Some of it was made to your wish, which nobody may withdraw from."),
        Doubt.WHICH: _("Your words may be about some of the things only: we read them."),
    }
    return f"{found[Doubt(doubt_of(withdrawal))]} {_('Somebody looks at it and answers you.')}"
