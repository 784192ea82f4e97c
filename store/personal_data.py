"""What of the shop is kept about somebody."""

from django.db.models import Q, QuerySet

from accounts.models import Address
from accounts.personal_data import NOT_PERSONAL, SOURCES, Person, Source
from store.models import Order, OrderEvent, OrderLine, Piece, PieceEvent, Question


def orders(person: Person) -> QuerySet[Order]:
    return Order.objects.filter(person.owned())


def shown_orders(person: Person) -> QuerySet[Order]:
    """Not those in which somebody else has perhaps mistyped their address: it has their own."""
    reached = Q(reached_at__isnull=False) | Q(paid_at__isnull=False)
    return orders(person).filter(reached | Q(customer__isnull=False))


SOURCES.extend(
    [
        Source(
            Order,
            shown_orders,
            [
                *("reference", "placed_at", "state", "name", "email", "phone"),
                *Address.SHOWN,
                *("note", "delivery", "payment_method", "payment_due_at", "paid_at", "tracking"),
                *("carrier", "for_business", "discount", "discount_reason", "tax_off", "currency"),
                *("withdrawal_told_at", "terms"),
            ],
        ),
        Source(
            OrderLine,
            lambda person: OrderLine.objects.filter(order__in=shown_orders(person)).select_related(
                "order"
            ),
            ["order", "title", "price", "shipping", "dropped_at", "taken_back_at"],
        ),
        # Notes in them are of staff.
        Source(
            OrderEvent,
            lambda person: OrderEvent.objects.filter(order__in=shown_orders(person)).select_related(
                "order"
            ),
            ["order", "at", "summary"],
        ),
        Source(
            Piece,
            lambda person: Piece.objects.filter(held_for=person.user or 0).select_related("item"),
            ["item", "stock_number", "held_since", "held_until"],
        ),
        # Notes in them are of staff.
        Source(
            PieceEvent,
            lambda person: PieceEvent.objects.about(person.user or 0).select_related("piece__item"),
            ["piece", "at", "kind", "until"],
        ),
        Source(
            Question,
            lambda person: Question.objects.filter(person.owned()).select_related("item"),
            ["item", "name", "email", "text", "asked_at", "answer", "answered_at"],
        ),
    ]
)
NOT_PERSONAL.update(
    dict.fromkeys(
        [
            *("store.Category", "store.Item", "store.ItemImage", "store.PastAddress"),
            *("store.PastPrice", "store.ImportedDetail", "store.KeptPicture", "store.PictureFetch"),
        ],
        "things for sale, and which of the staff put them there",
    )
)
NOT_PERSONAL.update(
    {
        "store.CatalogueChange": "which things for sale have changed",
        "store.BulkChange": "changes of many things, and which of the staff made them",
        "store.ImportRun": "tables of things, and which of the staff brought them in",
        "store.SearchWord": "words of things for sale",
        "store.ShippingRate": "prices of shipping",
        "store.ShippingZone": "where the shop sends things",
        "store.ZoneCountry": "where the shop sends things",
        "store.ShopProfile": "what the shop says of itself",
        "store.TermsVersion": "terms of the shop",
    }
)
