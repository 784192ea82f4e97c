from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from repairshop.demo.people import PASSWORD, PEOPLE, add_people
from repairshop.demo.profile import fill_profile
from repairshop.demo.things import REFERENCE, add_things
from repairshop.demo.trade import hold_for_visitors, join_a_waitlist, place_orders, reserve
from repairshop.demo.workshop import open_workshop
from repairshop.demo.zones import open_zones
from store.models import Item, Piece


class Command(BaseCommand):
    help = (
        "Fill the shop with invented things, people and orders. Running it again adds what is "
        "missing, holds things anew, and leaves alone what was changed since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also without DEBUG, where it is dangerous"
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing in a shop that has things of its own",
        )

    def handle(self, *, force: bool, if_empty: bool, **options: Any) -> None:
        if if_empty and Item.objects.exclude(import_ref__startswith=REFERENCE).exists():
            return
        if not (settings.DEBUG or force):
            raise CommandError(
                "The demo accounts have a password that everybody knows: "
                "set DEBUG=True, or add --force if nobody else can reach this site."
            )
        people = add_people()
        is_new = fill_profile()
        things = add_things(lambda title: self.stdout.write(f"  {title}"))
        orders = place_orders()
        if is_new:
            open_zones()
        hold_for_visitors()
        join_a_waitlist()
        reserve()
        tickets = open_workshop()
        self.report(things=things, people=people, orders=orders, tickets=tickets)

    def report(self, **added: int) -> None:
        new = ", ".join(f"{count} {what}" for what, count in added.items() if count)
        pieces = Piece.objects.filter(item__import_ref__startswith=REFERENCE)
        self.stdout.write(
            f"The demo shop is ready ({'added ' + new if new else 'nothing was missing'}): "
            f"{pieces.available().count()} pieces available, {pieces.held().count()} held, "
            f"{pieces.filter(sold_at=None, order__isnull=False).count()} ordered, "
            f"{pieces.filter(sold_at__isnull=False).count()} sold."
        )
        self.stdout.write(f"\nLog in with the password {PASSWORD} as")
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:<20} {person.role}")
