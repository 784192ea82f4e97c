from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from store.availability import held_words
from store.exceptions import Refusal
from store.templatetags.clock_time import clock_time


class NotEnoughAvailable(Refusal):
    """Fewer pieces of an item are available than were asked for; nothing was taken.

    `left` is how many are available now. `available_again_at` is when the first hold of another
    bag ends at the latest, None when no piece is in another bag; `holder` is whose that is.
    `spoken_for` tells that there are pieces in nobody's bag, but others wait for them.
    `title` is the item's, and `in_bag` how many of it the bag has that asked.
    """

    def __init__(
        self,
        *,
        item_id: int,
        left: int,
        available_again_at: datetime | None = None,
        holder: str = "",
        spoken_for: bool = False,
        title: str = "",
        in_bag: int = 0,
    ) -> None:
        super().__init__(f"Item {item_id}: only {left} available")
        self.item_id = item_id
        self.left = left
        self.available_again_at = available_again_at
        self.holder = holder
        self.spoken_for = spoken_for
        self.title = title
        self.in_bag = in_bag

    @property
    def sentence(self) -> str:
        """Why it could not be put into the bag, and what is possible instead."""
        names = vars(self)
        if self.left:
            only = ngettext(
                "Only one more of “%(title)s” is available.",
                "Only %(left)d more of “%(title)s” are available.",
                self.left,
            )
            return only % names
        if self.in_bag:
            return _("“%(title)s” is in your bag already; there is no other.") % names
        if self.spoken_for:
            text = _("Somebody else was next in line for “%(title)s”. You can be next after them.")
            return text % names
        if self.available_again_at:
            state = held_words(self.holder, clock_time(self.available_again_at))
            return _("“%(title)s” is %(state)s. Look again then.") % {**names, "state": state}
        return _("“%(title)s” has been sold.") % names


class LimitReached(Refusal):
    """More than `limit` are too many; nothing was taken."""

    def __init__(self, *, limit: int, title: str = "") -> None:
        super().__init__(f"{type(self).__name__}: {limit} at most")
        self.limit = limit
        self.title = title


class BagFull(LimitReached):
    """More than `limit` pieces are too many for one bag; nothing was taken."""

    words = gettext_lazy(
        "A bag holds %(limit)d things at most. Order what is in it, or take some out."
    )


class WaitlistLimitReached(LimitReached):
    """More than `limit` waiting-list entries are too many for one visitor."""

    words = gettext_lazy(
        "You can be in %(limit)d lines at most. Leave one that matters less to you."
    )


class SavedLimitReached(LimitReached):
    """More than `limit` saved things are too many for one visitor."""

    words = gettext_lazy(
        "You have saved %(limit)d things, and more cannot be kept. Remove some, then save others."
    )


class NetworkLimitReached(LimitReached):
    """From one network, more than `limit` may not wait for one item, which is called `title`."""

    words = gettext_lazy(
        "%(limit)d people from where you are wait for “%(title)s” already. Try it later."
    )


class RateLimitExceeded(Refusal):
    """An address or account has taken too much in too short a time; nothing was taken.

    `again_at` is when as much as was asked for will be allowed.
    """

    words = gettext_lazy("You have taken a great many things lately. You can go on at %(time)s.")

    def __init__(self, *, again_at: datetime) -> None:
        super().__init__(f"Rate limit exceeded, again at {again_at}")
        self.again_at = again_at

    @property
    def sentence(self) -> str:
        return str(self.words) % {"time": clock_time(self.again_at)}


class JoinedTooOften(RateLimitExceeded):
    """From one network, too many entries were made in too short a time."""

    words = gettext_lazy("You have joined a great many lines lately. You can go on at %(time)s.")


class NothingToWaitFor(Refusal):
    """There is nothing to wait for: the item is available, sold or gone."""

    words = gettext_lazy("There is nothing to wait for: nobody else holds “%(title)s”.")

    def __init__(self, *, title: str) -> None:
        super().__init__(title)
        self.title = title


class NotMailed(Refusal):
    """Nobody may wait by this address."""


class TooMuchMail(NotMailed):
    """This address was given for so many waiting lists today that its owner would be pestered."""

    words = gettext_lazy(
        "This address has been given for a great many lines today. Give another one, or log in."
    )


class WishesEnded(NotMailed):
    """The owner of this address has ended the wishes that somebody without an account had typed."""

    words = gettext_lazy(
        "The owner of this address wants no such mails. If that is you, log in and ask for them."
    )


class Unsubscribed(NotMailed):
    """The owner of this address has asked for no mails about waiting lists."""

    words = gettext_lazy(
        "The owner of this address wants no such mails. If that is you, ask for them again by "
        "“No more such mails” in the last one, or log in to wait without mails."
    )
