"""Faults in what one visitor may take."""

from tests.torture.mutants.fault import Edit, Fault

SERVICES = "bag/services.py"
RATE_LIMIT = "bag/rate_limit.py"
ADDRESSES = "accounts/addresses.py"

FAIR = "10 Nobody can empty the shop with holds"

TAKING = "bag/tests/test_rate_limit.py"
FROM_WHERE = "accounts/tests/test_addresses.py"

FAULTS = [
    Fault(
        "holds of one bag do not queue",
        FAIR,
        TAKING,
        Edit(SERVICES, 'values_list("title", Lock(turn))', 'values_list("title", turn)'),
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
        "bag/tests/test_rate_limit.py bag/tests/test_waitlist.py",
        Edit(
            SERVICES,
            "if in_bag + others.count() > settings.BAG_LIMIT and others.exists():",
            "if others.count() > settings.BAG_LIMIT:",
        ),
    ),
    Fault(
        "a turn is not counted",
        FAIR,
        "bag/tests/test_waitlist.py",
        Edit(
            "bag/waitlist/services.py",
            "    consume_holds(1, customer=customer, address=address)\n",
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
            RATE_LIMIT,
            "RateLimit.objects.filter(holder=holder, used_until__lte=Now() + HOUR - cost)",
            "RateLimit.objects.filter(holder=holder)",
        ),
        Edit(
            RATE_LIMIT,
            "    if CONSUME.make(holder=holder, cost=cost):\n        return\n",
            "    if CONSUME.make(holder=holder, cost=cost):\n"
            "        if again_at(holder, quantity, limit) > datetime.now().astimezone() + HOUR:\n"
            "            raise RateLimitExceeded(again_at=again_at(holder, quantity, limit))\n"
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
            "        from bag.rate_limit import consume_holds\n\n"
            "        consume_holds(quantity, customer=bag.customer,"
            " address=client_address(self.request))\n"
            "        try:\n            return take()\n",
        ),
    ),
    Fault(
        "only the address is counted",
        FAIR,
        TAKING,
        Edit(
            RATE_LIMIT,
            '(f"account {customer.pk}", quantity, limit=settings.HOLDS_PER_HOUR_PER_ACCOUNT)',
            '(f"account {customer.pk}", quantity, limit=10_000)',
        ),
    ),
    Fault(
        "what was not used is saved up",
        FAIR,
        TAKING,
        Edit(
            RATE_LIMIT,
            "from django.db.models.functions import Greatest, Now",
            "from django.db.models import F\nfrom django.db.models.functions import Now",
        ),
        Edit(RATE_LIMIT, 'Greatest("used_until", Now()) + cost', 'F("used_until") + cost'),
    ),
    Fault(
        "a refusal names a wrong time",
        FAIR,
        TAKING,
        Edit(
            RATE_LIMIT,
            "return used_until + quantity * HOUR / limit - HOUR",
            "return used_until + quantity * HOUR / limit",
        ),
    ),
    Fault(
        "each IPv6 address is a visitor",
        FAIR,
        TAKING,
        Edit(RATE_LIMIT, 'f"{address}/64"', 'f"{address}/128"'),
    ),
    Fault(
        "rate limits by Python's clock",
        FAIR,
        "bag/tests/test_clocks.py bag/tests/test_rate_limit.py",
        Edit(
            RATE_LIMIT,
            "used_until__lte=Now() + HOUR - cost",
            "used_until__lte=timezone.now() + HOUR - cost",
        ),
        Edit(
            RATE_LIMIT,
            "from accounts.models import User\n",
            "from django.utils import timezone\n\nfrom accounts.models import User\n",
        ),
    ),
    Fault(
        "rate limits are forgotten too soon",
        FAIR,
        TAKING,
        Edit(RATE_LIMIT, "used_until__lt=Now()", "used_until__lt=Now() + HOUR"),
    ),
]
