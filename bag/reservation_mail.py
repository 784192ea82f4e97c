"""The mail to whoever loses what was reserved for them."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.addresses import is_same
from accounts.models import User
from mail.outbox import MailEvent, enqueue_mail, register
from mail.wordings import Placeholder
from store.letters import pictures_of_items
from store.models import Item, Piece, ShopProfile

STORE = '{{ site }}{% url "store:list" %}'
TITLES = (
    "{% for item in items %}{{ item.translated.title }}"
    "{% if not forloop.last %}, {% endif %}{% endfor %}"
)

register(
    MailEvent(
        "bag.reservation_sold",
        when=_("What was reserved for somebody was sold to somebody else at the counter"),
        to=_("whom it was reserved for"),
        seen_with="bag.view_hold",
        placeholders={
            "things": Placeholder(_("what was reserved"), TITLES),
            "store": Placeholder(_("where all things are"), STORE),
        },
        about=TITLES,
        button=STORE,
        pictures=pictures_of_items(lambda context: context["items"]),
    ),
)


def lost_by(pieces: Iterable[Piece], buyer: User | None, email: str) -> dict[User, list[Item]]:
    """Of pieces that are sold to somebody, those that were promised to others, by whom it was."""
    lost: dict[User, list[Item]] = {}
    for piece in pieces:
        owner = piece.held_for if piece.state == Piece.State.HELD else None
        if owner and owner != buyer and not is_same(owner.email, email):
            lost.setdefault(owner, []).append(piece.item)
    return lost


def notify_of_lost_reservations(lost: dict[User, list[Item]], site: str) -> None:
    """One mail to each who has an address."""
    for owner, items in lost.items():
        if owner.email:
            enqueue_mail(
                "bag.reservation_sold",
                to=owner.email,
                language=owner.language,
                context={"items": items},
                reply_to=ShopProfile.get_solo().email,
                site=site,
            )
