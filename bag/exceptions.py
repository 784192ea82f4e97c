from datetime import datetime


class NotEnoughFree(Exception):
    """Fewer pieces of an item are free than were asked for; nothing was taken.

    `left` is how many are free now. `free_again_at` is when the first hold of another
    bag ends at the latest, None when no piece is in another bag.
    """

    def __init__(self, *, item_id: int, left: int, free_again_at: datetime | None = None) -> None:
        super().__init__(f"Item {item_id}: only {left} free")
        self.item_id = item_id
        self.left = left
        self.free_again_at = free_again_at
