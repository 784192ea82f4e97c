"""What a new shop has to write down before it can do its work, and what it does without it.

Each step says what does not happen meanwhile. What nobody can see from here, or a shop may do
without, somebody ticks off by hand.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mail.models import Mail
from mail.sending import has_server
from store.models import Category, Item, ShippingRate, ShopProfile

# Whoever has come from the list goes on with it, see `titles.back_to_desk`.
TO_DESK = "?then=desk"
MAY_SET_UP = "store.change_shopprofile"


class Step(NamedTuple):
    """One thing to be set up. `place` is a name of an address, and what follows it."""

    name: str
    title: Any
    # What does not happen until then.
    consequence: Any
    place: tuple[str, str] | None = None
    may_be_ticked: bool = False
    # Where the papers say how.
    chapter: Any = ""

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.place[0]}") + self.place[1] if self.place else ""


def in_profile(field: str) -> tuple[str, str]:
    return "store_shopprofile_changelist", f"#id_{field}"


STEPS = [
    Step(
        "address",
        _("Name and address"),
        _("No invoice is issued: it waits for the address of who sells."),
        in_profile("street"),
    ),
    Step(
        "country",
        _("Country of the shop"),
        _("Nothing tells at home from abroad, and customers look for theirs in a long list."),
        in_profile("country_code"),
    ),
    Step(
        "tax",
        _("Tax number and rate"),
        _("No invoice is issued: it waits for the tax number."),
        in_profile("tax_number"),
    ),
    Step(
        "bank",
        _("Bank details"),
        _("Nobody is offered to pay by transfer."),
        in_profile("iban"),
    ),
    Step(
        "cards",
        _("Payment by card"),
        _("Nobody is offered to pay by card."),
        may_be_ticked=True,
        chapter=_("How to take cards: “Cards and mails” in docs/deploying.md."),
    ),
    Step(
        "mails",
        _("E-mail that arrives"),
        _(
            "Without a mail server, mails read “not sent”, and orders of guests by transfer, or to "
            "be paid at the shop, wait until you confirm them."
        ),
        may_be_ticked=True,
        chapter=_("How to set one up: “Cards and mails” in docs/deploying.md."),
    ),
    Step(
        "texts",
        _("Terms, privacy and legal notice"),
        _("Nobody is asked to agree to terms that are not written."),
        in_profile("terms"),
    ),
    Step(
        "notice",
        _("The official notice of the legal guarantee"),
        _("Consumers in the EU read of it before they order in words alone, which is not enough."),
        in_profile("notice_picture"),
        may_be_ticked=True,
    ),
    Step(
        "shipping",
        _("What shipping costs"),
        _("Things without a price for it are not sent, but collected."),
        ("store_item_changelist", ""),
        may_be_ticked=True,
    ),
    Step(
        "vat-rates",
        _("VAT rates of other countries"),
        _("They were confirmed more than a year ago, and count all the same: look them up again."),
        in_profile("destination_rates"),
    ),
    Step(
        "hours",
        _("Opening hours"),
        _("Who collects something is not told when."),
        in_profile("opening_hours"),
        may_be_ticked=True,
    ),
    Step(
        "category",
        _("A first category"),
        _("No thing can be added."),
        ("store_category_add", TO_DESK),
    ),
    Step(
        "thing",
        _("A first thing, published"),
        _("The shop is empty."),
        ("store_item_add", TO_DESK),
    ),
    Step(
        "colleagues",
        _("Colleagues"),
        _("Everything is done under one name."),
        ("accounts_user_add", TO_DESK),
        may_be_ticked=True,
    ),
    Step(
        "backup",
        _("Backups"),
        _("Nobody can see from here whether there are any."),
        may_be_ticked=True,
        chapter=_("How to make them: “Backups” in docs/deploying.md."),
    ),
]
TICKABLE = {step.name for step in STEPS if step.may_be_ticked}


def steps_for(user: PermissionsMixin) -> list[Step]:
    """What is still to be set up; nothing for who may not do it. In one query."""
    if not user.has_perm(MAY_SET_UP):
        return []
    done = done_in(shop_with_facts(user))
    return [step for step in STEPS if step.name not in done]


def shop_with_facts(user: Any) -> Any:
    """The shop's profile, with what the other tables say."""
    able = User.objects.filter(is_staff=True, is_active=True)
    # Whoever has not chosen a password does not get in.
    able = able.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    colleagues = able.exclude(pk=user.pk)
    # Without a price for shipping, of its own or of a zone by its size or weight, it is collected.
    priced = Item.objects.filter(shipping__isnull=False)
    sized = Item.objects.exclude(size_class="", weight_grams=None)
    facts = {
        "has_category": Exists(Category.objects.all()),
        "has_thing": Exists(Item.objects.filter(published=True)),
        "has_shipping": Exists(priced),
        "has_zones": Exists(ShippingRate.objects.all()) & Exists(sized),
        "has_colleagues": Exists(colleagues),
        "has_sent": Exists(Mail.objects.filter(state=Mail.State.SENT)),
    }
    found = ShopProfile.objects.annotate(**facts)
    return found.first() or found.get(pk=ShopProfile.get_solo().pk)


def done_in(shop: Any) -> set[str]:
    facts = {
        "address": shop.street and shop.city,
        "country": shop.country_code,
        "tax": shop.tax_number,
        "bank": shop.takes_transfers,
        "cards": settings.STRIPE_SECRET_KEY,
        "mails": has_server() and shop.has_sent,
        "texts": shop.terms and shop.privacy and shop.imprint,
        "notice": shop.notice,
        "shipping": shop.has_shipping or (shop.shipping_by_zones and shop.has_zones),
        "vat-rates": shop.rates_are_looked_at,
        "hours": shop.opening_hours,
        "category": shop.has_category,
        "thing": shop.has_thing,
        "colleagues": shop.has_colleagues,
    }
    return {name for name, is_done in facts.items() if is_done} | (TICKABLE & {*shop.ticked_off})


def tick_off(name: str) -> None:
    """Take a step off the list by hand. Raises KeyError for one that is seen to be done."""
    if name not in TICKABLE:
        raise KeyError(name)
    shop = ShopProfile.get_solo()
    shop.ticked_off = sorted({*shop.ticked_off, name})
    shop.save(update_fields=["ticked_off"])
