"""Faults in holding pieces and in the history of pieces."""

from tests.torture.mutants.fault import Edit, Fault

SERVICES = "bag/services.py"
SESSION = "bag/session.py"
VIEWS = "bag/views.py"
PIECE = "store/models/piece.py"
ORDER = "store/models/order.py"
CHECKOUT = "invoices/orders/placing.py"

ONE_WINNER = "1 One winner for the last piece"
K_PIECES = "2 k pieces: never k+1, never fewer"
NO_LOST_LINE = "3 A bag never loses a line"
NO_DEADLOCK = "4 No deadlock"
RULES = "5 The rules of a hold"
IN_TIME = "6 Free the second time is up"
HISTORY = "The history of a piece is true"

HOLDING = "bag/tests/test_hold_pieces.py bag/tests/test_clocks.py"
RACE = "tests/test_hold_race.py"
LIFE = "tests/test_piece_life.py"
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
    Fault("hold without lock", K_PIECES, RACE, WITHOUT_LOCK),
    Fault("hold without WHERE or lock", ONE_WINNER, RACE, WITHOUT_WHERE, WITHOUT_LOCK),
    Fault(
        "pick with skip_locked",
        K_PIECES,
        RACE,
        WITHOUT_LOCK,
        Edit(
            SERVICES,
            "AVAILABLE.filter(item=item)\n",
            "AVAILABLE.filter(item=item).select_for_update(skip_locked=True)\n",
        ),
    ),
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
        "lapsed by Python's clock",
        IN_TIME,
        HOLDING,
        PYTHONS_CLOCK,
        Edit(
            PIECE,
            "return self.filter(held_until__lte=Now())",
            "return self.filter(held_until__lte=timezone.now())",
        ),
    ),
    Fault(
        "hold from Python's clock",
        IN_TIME,
        HOLDING,
        Edit(
            SERVICES,
            "    return AVAILABLE.filter(pk=piece), new_hold(bag_key, customer, Now() + time)\n",
            "    from django.utils.timezone import now\n\n"
            "    return AVAILABLE.filter(pk=piece), new_hold(bag_key, customer, now() + time)\n",
        ),
    ),
    Fault(
        "an ended hold goes on until it is tidied",
        IN_TIME,
        HOLDING,
        Edit(
            PIECE,
            "unheld = Q(held_by=None) | Q(held_until__lte=Now())\n        return self.on_sale()",
            "unheld = Q(held_by=None)\n        return self.on_sale()",
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
            "PREPARING: [Transition.READY, Transition.COLLECT],",
            "PREPARING: [Transition.READY, Transition.COLLECT, Transition.CANCEL],",
        ),
        Edit(
            "store/services.py",
            "order.pieces.filter(sold_at=None).update(order=None)",
            "order.pieces.update(order=None, sold_at=None)",
        ),
    ),
    Fault(
        "an order leaves the hold",
        RULES,
        "invoices/tests/test_checkout.py",
        Edit(CHECKOUT, "available.update(order=order, **NO_HOLD)", "available.update(order=order)"),
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
        "renewed on GET",
        RULES,
        PAGES,
        Edit(
            VIEWS,
            '    http_method_names = ["post"]\n\n'
            "    def post(self, request: HttpRequest) -> HttpResponse:\n",
            '    http_method_names = ["get", "post"]\n\n'
            "    def get(self, request: HttpRequest) -> HttpResponse:\n"
            "        return self.post(request)\n\n"
            "    def post(self, request: HttpRequest) -> HttpResponse:\n",
        ),
    ),
    Fault(
        "an open page renews",
        RULES,
        PAGES,
        Edit(
            VIEWS,
            "        return JsonResponse(Bag(request).state)",
            "        bag = Bag(request)\n"
            '        renew_holds(bag_key=bag.key or "")\n'
            "        return JsonResponse(bag.state)",
        ),
    ),
    Fault(
        "own holds count as taken",
        RULES,
        "invoices/tests/test_checkout.py",
        Edit(
            PIECE,
            "self.on_sale().filter(mine | unheld).order_by(own_first",
            "self.on_sale().filter(unheld).order_by(own_first",
        ),
    ),
    Fault(
        "renewing revives what has lapsed",
        RULES,
        HOLDING,
        Edit(
            SERVICES,
            "renewed = Least(Now() + settings.HOLD_FOR, limit)\n"
            "    pieces = Piece.objects.held_by(bag_key).lock()",
            "renewed = Least(Now() + settings.HOLD_FOR, limit)\n"
            "    pieces = Piece.objects.on_sale().filter(held_by=bag_key).lock()",
        ),
    ),
    Fault(
        "renewing without end",
        RULES,
        HOLDING,
        Edit(
            SERVICES,
            "renewed = Least(Now() + settings.HOLD_FOR, limit)",
            "renewed = Now() + settings.HOLD_FOR",
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
        "a partial take is kept",
        RULES,
        HOLDING,
        Edit(
            SERVICES,
            "chosen = found[:quantity] if left >= quantity else []",
            "chosen = found[:quantity]\n    quantity = min(quantity, len(chosen)) or 1",
        ),
    ),
    Fault(
        "pieces are locked in any order",
        NO_DEADLOCK,
        "store/tests/test_locks.py tests/test_order_race.py",
        Edit(
            PIECE,
            'return self.select_for_update().order_by("item_id", "pk")',
            "return self.select_for_update().order_by()",
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
    Fault(
        "logging out keeps the holds",
        RULES,
        PAGES,
        Edit("bag/receivers.py", "        release_holds(bag_key=key, actor=user)\n", ""),
    ),
    Fault(
        "whose the hold was stays",
        HISTORY,
        HOLDING,
        Edit(PIECE, '    "held_for": None,\n', ""),
    ),
    Fault(
        "a new hold counts on its renewals",
        HISTORY,
        HOLDING,
        Edit(PIECE, '    "renewals": 0,\n', ""),
    ),
    Fault(
        "a lapse is told when it is tidied",
        HISTORY,
        LIFE,
        Edit(
            "store/history.py",
            'write(entries(pieces, Kind.LAPSED, at=F("held_until")))',
            "write(entries(pieces, Kind.LAPSED))",
        ),
    ),
    Fault(
        "the next taker tells of no lapse",
        HISTORY,
        LIFE,
        Edit(
            SERVICES,
            "        record_lapsed(lock_lapsed(Piece.objects.filter(pk__in=lapsed)))\n",
            "        pass\n",
        ),
    ),
    Fault(
        "a lapse is told twice",
        HISTORY,
        "tests/test_lapse_race.py",
        Edit(
            "store/history.py",
            "pieces.lapsed().lock()",
            "pieces.lapsed()",
        ),
    ),
    Fault(
        "giving back is not written down",
        HISTORY,
        LIFE,
        Edit(SERVICES, "    record_events(pieces, Kind.RELEASED, actor=actor)\n", ""),
    ),
]
