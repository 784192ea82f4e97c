"""The European Repair Information Form: Article 4 and Annex I of Directive (EU) 2024/1799."""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from repairs_restorals.models.quote import Quote

# Article 4(5): calendar days from when it was given.
BINDS_FOR = timedelta(days=30)


def binds_until() -> date:
    """The first day on which one that is given today may end."""
    return timezone.localdate() + BINDS_FOR


class RepairForm(models.Model):
    """What the form says beside what quote, ticket and profile know; kept as it was given.

    It is given with its quote. From then on `given` is what customer and shop read, whatever
    becomes of ticket and profile: sections, each a heading and pairs of a name and what is said.
    """

    # What staff say of it, in the order of the form.
    ASKED: ClassVar[list[str]] = [
        *("good", "defect", "repair", "price_method", "time_needed", "replacement"),
        *("handover", "ancillary", "further"),
    ]

    quote = models.OneToOneField(Quote, models.CASCADE, related_name="repair_form")
    good = models.CharField(_("the good to be repaired"), max_length=200)
    defect = models.TextField(_("what is wrong with it"), max_length=600)
    repair = models.TextField(_("the kind of repair that we suggest"), max_length=600)
    price_method = models.CharField(
        _("how the price is reckoned, if it cannot be known yet"),
        max_length=300,
        blank=True,
        help_text=_("Then the total of the quote is the most that it will come to."),
    )
    time_needed = models.CharField(
        _("time needed"),
        max_length=200,
        help_text=_("From the contract until it is ready, with any transport."),
    )
    replacement = models.CharField(
        _("something to use meanwhile, and what that costs"), max_length=300
    )
    handover = models.CharField(_("where it is handed over"), max_length=300)
    ancillary = models.CharField(
        _("what else we offer, and the cost of each"),
        max_length=300,
        help_text=_("Such as taking it out, putting it in again, or transport."),
    )
    further = models.TextField(_("anything else"), max_length=600, blank=True)
    given = models.JSONField(default=list, editable=False)
    given_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("repair information form")
        verbose_name_plural = _("repair information forms")

    def __str__(self) -> str:
        if not self.quote_id:
            return str(_("New repair information form"))
        return str(_("Repair information form of %s") % self.quote)

    @property
    def sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [(heading, [(name, said) for name, said in rows]) for heading, rows in self.given]


def form_of(quote: Quote) -> RepairForm | None:
    """The form that a quote is, or will be, given as."""
    return RepairForm.objects.filter(quote=quote).first()
