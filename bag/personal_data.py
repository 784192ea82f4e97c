"""What of bags, waitlists, wishes and saved things is kept about somebody."""

from accounts.personal_data import NOT_PERSONAL, SOURCES, Source
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish

SOURCES.extend(
    [
        Source(
            SavedItem,
            lambda person: SavedItem.objects.filter(customer=person.user or 0).select_related(
                "item"
            ),
            ["item", "saved_at"],
        ),
        Source(
            ShippingRequest,
            lambda person: ShippingRequest.objects.filter(person.owned()).select_related("item"),
            [
                *("item", "email", "country_code", "postcode", "city", "note", "asked_at"),
                *("answer", "price", "until", "answered_at", "ended_at", "order"),
            ],
        ),
        Source(
            WaitlistEntry,
            lambda person: WaitlistEntry.objects.filter(person.owned()).select_related("item"),
            ["item", "email", "state", "joined_at", "changed_at", "notified_at"],
        ),
        Source(
            Wish,
            lambda person: Wish.objects.filter(person.owned()).select_related("item"),
            ["item", "email", "asked_at", "told_at"],
        ),
    ]
)
NOT_PERSONAL.update(
    {
        "bag.MailOptOut": "hashes of addresses that want no mail, of which nobody reads whose",
        "bag.RateLimit": "hashes of networks and bags, of which nobody reads whose",
    }
)
