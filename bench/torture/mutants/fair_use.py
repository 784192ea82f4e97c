"""Faults in what one visitor may take."""

from bench.torture.mutants.fault import Edit, Fault

SERVICES = "bag/services.py"
FAIR_USE = "bag/fair_use.py"
ADDRESSES = "accounts/addresses.py"

FAIR = "10 Nobody can empty the shop with holds"

TAKING = "bag/tests/test_fair_use.py"
FROM_WHERE = "accounts/tests/test_addresses.py"

FAULTS = [
    Fault(
        "takes of one bag do not queue",
        FAIR,
        TAKING,
        Edit(SERVICES, 'values_list("title", Turn(turn))', 'values_list("title", turn)'),
    ),
    Fault(
        "the eleventh piece is allowed",
        FAIR,
        TAKING,
        Edit(
            SERVICES,
            "if counts.total() + quantity > settings.BAG_LIMIT:",
            "if counts.total() > settings.BAG_LIMIT:",
        ),
    ),
    Fault(
        "the tenth piece is refused",
        FAIR,
        TAKING,
        Edit(
            SERVICES,
            "if counts.total() + quantity > settings.BAG_LIMIT:",
            "if counts.total() + quantity >= settings.BAG_LIMIT:",
        ),
    ),
    Fault(
        "claiming overfills a bag",
        FAIR,
        "bag/tests/test_fair_use.py bag/tests/test_waitlist.py",
        Edit(
            SERVICES,
            "if in_bag + others.count() > settings.BAG_LIMIT and others.exists():",
            "if others.count() > settings.BAG_LIMIT:",
        ),
    ),
    Fault(
        "a turn is no take",
        FAIR,
        "bag/tests/test_waitlist.py",
        Edit(
            "bag/waitlist/services.py",
            "    spend_takes(1, customer=customer, address=address)\n",
            "",
        ),
    ),
    Fault(
        "a port of a stranger's choice",
        "Links of mails lead to the shop",
        FROM_WHERE,
        Edit(
            ADDRESSES,
            'if port and port == request.META.get("SERVER_PORT") and not settings.TRUSTED_PROXIES:',
            "if port:",
        ),
    ),
    Fault(
        "the left-most address",
        FAIR,
        FROM_WHERE,
        Edit(ADDRESSES, "forwarded[-settings.TRUSTED_PROXIES]", "forwarded[0]"),
    ),
    Fault(
        "a header without a proxy is believed",
        FAIR,
        FROM_WHERE,
        Edit(
            ADDRESSES,
            "if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:",
            "if forwarded:",
        ),
    ),
    Fault(
        "taken first and checked afterwards",
        FAIR,
        TAKING,
        Edit(
            FAIR_USE,
            "Allowance.objects.filter(holder=holder, used_until__lte=Now() + HOUR - cost)",
            "Allowance.objects.filter(holder=holder)",
        ),
        Edit(
            FAIR_USE,
            "    if enough.update(**spent):\n        return\n",
            "    if enough.update(**spent):\n"
            "        if again_at(holder, quantity, limit) > datetime.now().astimezone() + HOUR:\n"
            "            raise TooManyTakes(again_at=again_at(holder, quantity, limit))\n"
            "        return\n",
        ),
    ),
    Fault(
        "a refused take is not rolled back",
        FAIR,
        TAKING,
        Edit(SERVICES, "@transaction.atomic\ndef hold_pieces(", "def hold_pieces("),
    ),
    Fault(
        "failed adds are counted",
        FAIR,
        "bag/tests/test_bag_truth.py",
        Edit(
            "bag/views.py",
            "        try:\n            return take()\n",
            "        from bag.fair_use import spend_takes\n\n"
            "        spend_takes(quantity, customer=bag.customer,"
            " address=client_address(self.request))\n"
            "        try:\n            return take()\n",
        ),
    ),
    Fault(
        "only the address is counted",
        FAIR,
        TAKING,
        Edit(
            FAIR_USE,
            '        spend(f"account {customer.pk}", quantity, limit=settings.TAKES_PER_ACCOUNT)',
            "        pass",
        ),
    ),
    Fault(
        "what was not used is saved up",
        FAIR,
        TAKING,
        Edit(
            FAIR_USE,
            "from django.db.models.functions import Greatest, Now",
            "from django.db.models import F\nfrom django.db.models.functions import Now",
        ),
        Edit(FAIR_USE, 'Greatest("used_until", Now()) + cost', 'F("used_until") + cost'),
    ),
    Fault(
        "a refusal names a wrong time",
        FAIR,
        TAKING,
        Edit(
            FAIR_USE,
            "return used_until + quantity * HOUR / limit - HOUR",
            "return used_until + quantity * HOUR / limit",
        ),
    ),
    Fault(
        "each IPv6 address is a visitor",
        FAIR,
        TAKING,
        Edit(FAIR_USE, 'f"{address}/64"', 'f"{address}/128"'),
    ),
    Fault(
        "allowances by Python's clock",
        FAIR,
        "bag/tests/test_clocks.py bag/tests/test_fair_use.py",
        Edit(
            FAIR_USE,
            "used_until__lte=Now() + HOUR - cost",
            "used_until__lte=timezone.now() + HOUR - cost",
        ),
        Edit(
            FAIR_USE,
            "from accounts.models import User\n",
            "from django.utils import timezone\n\nfrom accounts.models import User\n",
        ),
    ),
    Fault(
        "allowances are forgotten too soon",
        FAIR,
        TAKING,
        Edit(FAIR_USE, "used_until__lt=Now()", "used_until__lt=Now() + HOUR"),
    ),
]
