"""Faults in holding pieces and in the history of pieces."""

from tests.torture.mutants.fault import Edit, Fault

SERVICES = "bag/services.py"
SESSION = "bag/session.py"
VIEWS = "bag/views.py"
PIECE = "store/models/piece.py"
ORDER = "store/models/order.py"

ONE_WINNER = "1 One winner for the last piece"
NO_LOST_LINE = "3 A bag never loses a line"
NO_DEADLOCK = "4 No deadlock"
RULES = "5 The rules of a hold"
IN_TIME = "6 Free the second time is up"

HOLDING = "bag/tests/test_hold_pieces.py bag/tests/test_clocks.py"
RACE = "tests/test_hold_race.py"
PAGES = "bag/tests/test_bag_views.py bag/tests/test_bag_truth.py"

WITHOUT_WHERE = Edit(
    SERVICES,
    "AVAILABLE.filter(pk=piece), new_hold(bag_key, customer, Now() + time)",
    "Piece.objects.filter(pk=piece), new_hold(bag_key, customer, Now() + time)",
)
WITHOUT_LOCK = Edit(
    SERVICES,
    "Item.objects.published().select_for_update().filter(pk=pk)",
    "Item.objects.published().filter(pk=pk)",
)
PYTHONS_CLOCK = Edit(
    PIECE,
    "from django.db.models.functions import Now\n",
    "from django.db.models.functions import Now\nfrom django.utils import timezone\n",
)

FAULTS = [
    Fault("hold without WHERE", ONE_WINNER, HOLDING, WITHOUT_WHERE),
    Fault("hold without WHERE or lock", ONE_WINNER, RACE, WITHOUT_WHERE, WITHOUT_LOCK),
    Fault(
        "held by Python's clock",
        IN_TIME,
        HOLDING,
        PYTHONS_CLOCK,
        Edit(
            PIECE,
            "self.on_sale().filter(held_until__gt=Now())",
            "self.on_sale().filter(held_until__gt=timezone.now())",
        ),
    ),
    Fault(
        "order is null forgotten",
        RULES,
        HOLDING,
        Edit(
            PIECE,
            "return self.filter(order=None, sold_at=None, withdrawn_at=None)",
            "return self.filter(sold_at=None, withdrawn_at=None)",
        ),
    ),
    Fault(
        "a sold piece is released",
        RULES,
        "invoices/tests/test_order_transitions.py",
        Edit(
            ORDER,
            "PREPARING: [Transition.READY, Transition.COLLECT, *CAME_BACK],",
            "PREPARING: [Transition.READY, Transition.COLLECT, Transition.CANCEL, *CAME_BACK],",
        ),
        Edit(
            "store/services.py",
            "order.pieces.filter(sold_at=None).update(order=None)",
            "order.pieces.update(order=None, sold_at=None)",
        ),
    ),
    Fault(
        "lines from the session alone",
        NO_LOST_LINE,
        PAGES,
        Edit(
            SESSION,
            "items.in_bulk([*dict.fromkeys([*wanted, *held])])",
            "items.in_bulk([*wanted])",
        ),
    ),
    Fault(
        "renewing without end",
        RULES,
        HOLDING,
        Edit(
            SERVICES,
            "renewed = Least(Now() + hold_time(), limit)",
            "renewed = Now() + hold_time()",
        ),
    ),
    Fault(
        "a failed add resets the clock",
        RULES,
        PAGES,
        Edit(
            VIEWS,
            "        except Refusal as refusal:\n",
            "        except Refusal as refusal:\n            renew_holds(bag_key=bag.open())\n",
        ),
    ),
    Fault(
        "items are locked in any order",
        NO_DEADLOCK,
        "store/tests/test_locks.py tests/test_order_race.py",
        Edit(
            "store/models/catalogue.py",
            'return self.select_for_update(no_key=True).order_by("pk")',
            "return self.select_for_update(no_key=True).order_by()",
        ),
    ),
]
