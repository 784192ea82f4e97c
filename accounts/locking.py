"""Whoever acts on an account, or writes what is to be its, comes by here first.

What a page has read of the account may be over when it writes: it was closed, erased, joined or
given another address meanwhile. So its row is locked, and looked at once more. The locks let others
write rows that name the person: an insert waits for none of them, and has to ask.
"""

from django.utils.translation import gettext as _

from accounts.models import User


class AccountGone(Exception):
    """An account was closed, erased or joined with another since it was read."""

    def __init__(self, user: User) -> None:
        super().__init__(f"account {user.pk}")
        self.user_id = user.pk

    @property
    def sentence(self) -> str:
        return _("The account is closed.")


def lock_row(user: User) -> User:
    """Lock an account until the transaction ends; return it as it is now. Raises AccountGone."""
    row = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    # Of whoever is erased, a bare row is left: no address, and nobody gets in.
    if row is None or not (row.is_active or row.email or row.merged_into_id):
        raise AccountGone(user)
    return row


def lock_account(user: User) -> User:
    """The same of one that is open, for whatever its owner does with it."""
    row = lock_row(user)
    if not row.is_active:
        raise AccountGone(user)
    return row


def lock_owner(user: User) -> User:
    """The same of whom something new is to be.

    Of whoever was joined just now, the record that was kept has it. An account that its owner has
    closed can be written to, and opened again.
    """
    row = lock_row(user)
    return lock_owner(row.merged_into) if row.merged_into else row
