"""Whether what a page says was mailed is mailed, and what staff do where it is not."""

from django.utils.translation import gettext as _

from mail.sending import has_server


def gets_mail(address: str) -> bool:
    """Whether a mail to this address goes anywhere; "" is whoever has none."""
    return bool(address) and has_server()


def no_mail(address: str, phone: str = "") -> str:
    """What somebody of the shop has to do because no mail goes; "" where one does."""
    if gets_mail(address):
        return ""
    if phone:
        return _("No mail goes: ring %s.") % phone
    return _("No mail goes: tell the customer.")
