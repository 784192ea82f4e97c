"""Quotes that are given as European Repair Information Forms, and bind for 30 days.

Article 4 of Directive (EU) 2024/1799: free for the customer, on a durable medium, and its
conditions are not altered for 30 calendar days from when it was given (paragraph 5).
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from money.filters import money, number
from repairs_restorals.exceptions import QuoteNotOpen
from repairs_restorals.models import Quote, RepairForm, ServiceTicket
from repairs_restorals.models.repair_form import binds_until, form_of
from store.exceptions import Refusal
from store.models import ShopProfile
from typed.languages import speaking

State = Quote.State
Rows = list[tuple[str, str]]


class EndsTooSoon(Refusal):
    """A form binds for 30 days, and its quote would end before."""

    words = gettext_lazy(
        "It goes as a repair information form, which binds for 30 days: choose a later “valid "
        "until”."
    )


class BoundByForm(Refusal):
    """What was given as a form can neither be taken back nor raised, nor end earlier."""

    words = gettext_lazy(
        "Version %(version)d was given as a repair information form: until %(day)s you are bound "
        "to its %(total)s. Until the customer has answered, you can offer the same or less, for as "
        "long, but nothing else."
    )

    def __init__(self, bound: Quote) -> None:
        super().__init__(f"{bound} binds")
        self.version, self.day = bound.version, date_format(bound.valid_until)
        self.total = money(bound.total, bound.currency)


def bound_quote(ticket: ServiceTicket) -> Quote | None:
    """What waits for its answer, was given as a form, and binds still."""
    given = ticket.quotes.filter(state=State.SENT, repair_form__given_at__isnull=False)
    return given.filter(valid_until__gte=timezone.localdate()).first()


def check_bound(quote: Quote) -> None:
    """Raise EndsTooSoon, or BoundByForm for an offer that would alter one that binds."""
    if form_of(quote) and quote.valid_until < binds_until():
        raise EndsTooSoon
    bound = bound_quote(quote.ticket)
    if bound is None:
        return
    is_same = quote.currency == bound.currency and quote.total <= bound.total
    if not is_same or quote.valid_until < bound.valid_until:
        raise BoundByForm(bound)


def check_not_bound(ticket: ServiceTicket) -> None:
    """Raise BoundByForm where ending a ticket would take back what was given."""
    if bound := bound_quote(ticket):
        raise BoundByForm(bound)


def suggested(quote: Quote) -> dict[str, str]:
    """What is known of ticket, profile and version before, for staff to look through."""
    with speaking(quote.ticket.language):
        return known_of(quote)


def known_of(quote: Quote) -> dict[str, str]:
    before = RepairForm.objects.filter(quote__ticket=quote.ticket).exclude(quote=quote).last()
    if before:
        return {name: getattr(before, name) for name in RepairForm.ASKED}
    ticket, shop = quote.ticket, ShopProfile.get_solo()
    serial = _("serial number %s") % ticket.serial_number if ticket.serial_number else ""
    day = quote.estimated_on
    return {
        "good": ", ".join(filter(None, [ticket.title, serial]))[:200],
        "defect": ticket.description[:600],
        "repair": (quote.intro.strip() or str(ticket.get_kind_display()))[:600],
        "time_needed": _("probably finished on %s") % date_format(day) if day else "",
        "replacement": lent_for(ticket) or _("None"),
        "handover": ", ".join([shop.name, *shop.address_lines])[:300],
        "ancillary": _("None"),
    }


def lent_for(ticket: ServiceTicket) -> str:
    """What its customer uses meanwhile."""
    loans = ticket.loans.filter(returned_at=None).select_related("piece__item")
    lent = ", ".join(str(loan) for loan in loans)
    return _("%s, free of charge") % lent if lent else ""


@transaction.atomic
def write_form(*, quote: Quote, values: Mapping[str, str]) -> RepairForm:
    """Let a draft be given as a form; the quote holds for 30 days at least then.

    Raises QuoteNotOpen for one that was sent.
    """
    draft = Quote.objects.select_for_update().get(pk=quote.pk)
    if draft.state != State.DRAFT:
        raise QuoteNotOpen(draft)
    form, _created = RepairForm.objects.update_or_create(quote=draft, defaults=dict(values))
    until = max(draft.valid_until, binds_until())
    Quote.objects.filter(pk=draft.pk).update(valid_until=until)
    return form


@transaction.atomic
def drop_form(*, quote: Quote) -> None:
    """Let a draft go as an ordinary quote again."""
    RepairForm.objects.filter(quote=quote, given_at=None).delete()


def give_form(quote: Quote) -> str:
    """Keep the form of a quote that is sent now as it is; return what is attached to its mail."""
    form = form_of(quote)
    if form is None:
        return ""
    kept = {"given": sections_of(form, quote), "given_at": Now()}
    RepairForm.objects.filter(pk=form.pk).update(**kept)
    return f"repair_form:{form.pk}"


def sections_of(form: RepairForm, quote: Quote) -> list[tuple[str, Rows]]:
    """All that the form says, in the order of Article 4(4) and the language of its reader."""
    with speaking(quote.ticket.language):
        return [
            (_("The repairer"), about_repairer(ShopProfile.get_solo())),
            (_("The repair"), about_repair(form, quote)),
            (_("The form"), about_form(form, quote)),
        ]


def about_repairer(shop: ShopProfile) -> Rows:
    return [
        (_("Repairer"), shop.name),
        (_("Address"), ", ".join(shop.address_lines)),
        (_("Telephone"), shop.phone or _("None")),
        (_("E-mail"), shop.email or _("None")),
    ]


def about_repair(form: RepairForm, quote: Quote) -> Rows:
    return [
        (_("Good to be repaired"), form.good),
        (_("Defect"), form.defect),
        (_("Kind of repair"), form.repair),
        (_("Price"), price_of(form, quote)),
        (_("Time needed"), form.time_needed),
        (_("Something to use meanwhile, and its cost"), form.replacement),
        (_("Handed over at"), form.handover),
        (_("Further services, and the cost of each"), form.ancillary),
    ]


def about_form(form: RepairForm, quote: Quote) -> Rows:
    bound = _("The repairer is bound to this form until %s. It is free of charge.")
    rows = [(_("Valid until"), bound % date_format(quote.valid_until))]
    return [*rows, (_("Further information"), form.further)] if form.further else rows


def price_of(form: RepairForm, quote: Quote) -> str:
    """The total, or how it is reckoned and the most it can be, and what it is made of."""
    total = money(quote.total, quote.currency)
    said = _("%s, all taxes included") % total
    if form.price_method:
        said = _("%(method)s; at most %(total)s, all taxes included") % {
            "method": form.price_method.rstrip(".; "),
            "total": total,
        }
    parts = [
        f"{line.description}: {number(line.quantity)} × {money(line.price, quote.currency)}"
        for line in quote.lines.all()
    ]
    return f"{said} ({'; '.join(parts)})"
