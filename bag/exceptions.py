from datetime import datetime


class NotEnoughAvailable(Exception):
    """Fewer pieces of an item are free than were asked for; nothing was taken.

    `left` is how many are free now. `available_again_at` is when the first hold of another
    bag ends at the latest, None when no piece is in another bag; `holder` is whose that is.
    `spoken_for` tells that there are pieces in nobody's bag, but others wait for them.
    """

    def __init__(
        self,
        *,
        item_id: int,
        left: int,
        available_again_at: datetime | None = None,
        holder: str = "",
        spoken_for: bool = False,
    ) -> None:
        super().__init__(f"Item {item_id}: only {left} free")
        self.item_id = item_id
        self.left = left
        self.available_again_at = available_again_at
        self.holder = holder
        self.spoken_for = spoken_for


class BagFull(Exception):
    """More than `limit` pieces are too many for one bag; nothing was taken."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"A bag holds {limit} pieces at most")
        self.limit = limit


class RateLimitExceeded(Exception):
    """An address or account has taken too much in too short a time; nothing was taken.

    `again_at` is when as much as was asked for will be allowed.
    """

    def __init__(self, *, again_at: datetime) -> None:
        super().__init__(f"Rate limit exceeded, again at {again_at}")
        self.again_at = again_at


class WaitlistLimitReached(Exception):
    """More than `limit` waiting-list entries are too many for one visitor."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"{limit} waiting-list entries at most")
        self.limit = limit


class NetworkLimitReached(Exception):
    """From one network, more than `limit` may not wait for one item."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"{limit} entries of a network for one item at most")
        self.limit = limit


class TooMuchMail(Exception):
    """This address was given for so many waiting lists today that its owner would be pestered."""


class NothingToWaitFor(Exception):
    """There is nothing to wait for: the item is free, sold or gone."""


class Unsubscribed(Exception):
    """The owner of this address has asked for no mails about waiting lists."""
