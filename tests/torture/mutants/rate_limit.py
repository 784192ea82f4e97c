"""Faults in what one visitor may take."""

from tests.torture.mutants.fault import Edit, Fault

SERVICES = "bag/services.py"
ADDRESSES = "accounts/networks.py"

FAIR = "10 Nobody can empty the shop with holds"

TAKING = "bag/tests/test_rate_limit.py"
FROM_WHERE = "accounts/tests/test_addresses.py"

FAULTS = [
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
        "the left-most address",
        FAIR,
        FROM_WHERE,
        Edit(ADDRESSES, "forwarded[-settings.TRUSTED_PROXIES]", "forwarded[0]"),
    ),
]
