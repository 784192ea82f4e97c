"""What staff read of an order that waits for the link in its mail."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mail.models import Mail
from store.admin.piece_states import moment
from store.models import Order


def how_confirmed(order: Order) -> str:
    if order.reached_at:
        when = date_format(localtime(order.reached_at), "DATETIME_FORMAT")
        return _("the link in its mail was followed: %s") % when
    if order.confirm_by:
        return _("by the link in its mail until %s, or by you") % moment(order.confirm_by)
    if order.confirmation and order.confirmation.state == Mail.State.FAILED:
        return _("its mail was refused: it ends within the hour, unless you confirm it")
    return _("its mail has not left yet: it waits for that, or for you")
