"""Whether what a page says was mailed is mailed, and what staff do where it is not."""

from django.forms import Field
from django.utils.translation import gettext as _

from mail.sending import has_server


def gets_mail(address: str) -> bool:
    """Whether a mail to this address goes anywhere; "" is whoever has none."""
    return bool(address) and has_server()


def say_what_is_mailed(field: Field) -> None:
    """Let a field for an address promise nothing while no mail goes."""
    if not has_server():
        field.help_text = _("There is no mail server: nothing is mailed.")


def sends_no_mail() -> str:
    """What whoever waits for a link reads while no mail goes."""
    return _("This shop sends no mail at present: please ask us.")


def no_mail(address: str, phone: str = "") -> str:
    """What somebody of the shop has to do because no mail goes; "" where one does."""
    if gets_mail(address):
        return ""
    if phone:
        return _("No mail goes: ring %s.") % phone
    return _("No mail goes: tell the customer.")
