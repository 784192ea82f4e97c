from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from store.models.event import Event
from store.models.order import Order


class OrderEvent(Event):
    """Who did what with an order, when. Written with the transition, never changed."""

    class Kind(models.TextChoices):
        """What happened besides transitions, as one says it afterwards."""

        RETURNED = "returned", _("taken back")
        CORRECTED = "corrected", _("corrected")
        NOTED = "noted", _("note of staff changed")
        UNDONE = "undone", _("a slip was undone")
        REOPENED = "reopened", _("taken up again")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    transition = models.CharField(
        _("what"), max_length=10, choices=Order.Transition, db_column="move"
    )
    # What is no transition. The version before reads "" as a new event, and no other word.
    kind = models.CharField(
        _("what besides"),
        max_length=10,
        choices=Kind,
        blank=True,
        db_default="",
        default="",
        editable=False,
    )
    # Beside `note`, which is short: all that was changed, from what to what.
    detail = models.TextField(_("note"), blank=True, db_default="", default="", editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.summary

    @property
    def summary(self) -> str:
        """What happened, as one says it afterwards."""
        if self.kind:
            return str(self.get_kind_display())
        summaries = {
            Order.Transition.PAY: _("paid"),
            Order.Transition.READY: _("ready for collection"),
            Order.Transition.SHIP: _("shipped"),
            Order.Transition.COLLECT: _("collected"),
            Order.Transition.CANCEL: _("cancelled"),
            Order.Transition.CONFIRM: _("confirmed"),
            Order.Transition.OWE: _("a payment went back"),
            Order.Transition.TAKE_BACK: _("taken back"),
            Order.Transition.EMPTY: _("everything came back"),
        }
        return str(
            summaries[Order.Transition(self.transition)] if self.transition else _("New event")
        )
