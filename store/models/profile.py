from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import Address
from store.accent import validate_accent
from store.bank import compact, is_bic, is_iban
from store.closed_days import ClosedDays, open_time, time_of_open_days
from store.models.currencies import CurrenciesMixin
from store.models.delivery import DeliveryMixin
from store.models.destination_taxes import DestinationTaxesMixin
from store.models.guarantee import LegalGuarantee, Shown
from store.models.legal_nature import Nature, TaxScheme
from store.models.single_row import SingleRow
from store.models.withdrawal_rights import ReturnCosts
from store.pictures.sizes import fitting

PREFIX = RegexValidator(r"^[A-Za-z0-9/-]*$", _("Letters, digits, “-” and “/” only."))
# As Article 226 (14) of the EU's VAT directive words it, in each language by its own words.
MARGIN_NOTE = gettext_noop("Margin scheme – second-hand goods")
MARGIN_NOTE_ART = gettext_noop("Margin scheme – works of art")
MARGIN_NOTE_ANTIQUES = gettext_noop("Margin scheme – collector’s items and antiques")
# By what a thing is sold as; of all others, the first.
MARGIN_NOTES: dict[str, tuple[str, str]] = {
    Nature.ART: ("margin_note_art", MARGIN_NOTE_ART),
    Nature.ANTIQUE: ("margin_note_antiques", MARGIN_NOTE_ANTIQUES),
    Nature.COLLECTIBLE: ("margin_note_antiques", MARGIN_NOTE_ANTIQUES),
}
# As pages count pixels: so large may a logo be in their header.
LOGO_WIDTH, LOGO_HEIGHT = 240, 40


class ShopProfile(
    SingleRow, LegalGuarantee, DeliveryMixin, DestinationTaxesMixin, CurrenciesMixin, Address
):
    """The one row with what the shop says about itself; staff edit it in the admin."""

    TRANSLATED = (
        "tagline",
        "opening_hours",
        "margin_note",
        "margin_note_art",
        "margin_note_antiques",
        "invoice_note",
        "withdrawal",
        "return_to",
        "guarantee",
        "terms",
        "privacy",
        "imprint",
    )

    name = models.CharField(_("name of the shop"), max_length=100, default="Repairshop")
    tagline = models.CharField(
        _("one sentence about it"),
        max_length=200,
        default=_("One-of-a-kind things, bought, sold and mended."),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("New orders are announced here.")
    )
    opening_hours = models.TextField(_("opening hours"), blank=True)
    account_holder = models.CharField(_("account holder"), max_length=100, blank=True)
    iban = models.CharField(_("IBAN"), max_length=42, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    days_to_pay = models.PositiveSmallIntegerField(
        _("days to pay"),
        default=7,
        validators=[MaxValueValidator(365)],
        help_text=_("After that an unpaid order is cancelled, and an invoice is overdue."),
    )
    remind_days = models.PositiveSmallIntegerField(
        _("days to the reminder"),
        default=2,
        db_default=2,
        validators=[MaxValueValidator(365)],
        help_text=_("So long before an unpaid order ends, the customer is reminded; 0 for never."),
    )
    tax_rate = models.DecimalField(
        _("tax rate of goods, in percent"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("19.00"),
        db_default=Decimal("19.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(99))],
        help_text=_("Also of the tax in the margin of second-hand goods."),
    )
    reduced_rate = models.DecimalField(
        _("reduced tax rate, in percent"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("7.00"),
        db_default=Decimal("7.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(99))],
        help_text=_("Of things whose tax scheme is the reduced rate."),
    )
    tax_number = models.CharField(
        _("tax number or VAT number"), max_length=40, blank=True, db_default=""
    )
    invoice_prefix = models.CharField(
        _("numbers of invoices begin with"),
        max_length=10,
        blank=True,
        db_default="",
        validators=[PREFIX],
        help_text=_("Before the year, such as “R” for R2026-0001. May be empty."),
    )
    credit_prefix = models.CharField(
        _("numbers of credit notes begin with"),
        max_length=10,
        default="C",
        db_default="C",
        validators=[PREFIX],
    )
    margin_note = models.CharField(
        _("sentence about the margin scheme"),
        max_length=300,
        default=MARGIN_NOTE,
        db_default=MARGIN_NOTE,
        help_text=_("The law wants it on invoices for goods that are sold under it."),
    )
    margin_note_art = models.CharField(
        _("the same of works of art"),
        max_length=300,
        blank=True,
        default=MARGIN_NOTE_ART,
        db_default=MARGIN_NOTE_ART,
    )
    margin_note_antiques = models.CharField(
        _("the same of antiques and collectors’ pieces"),
        max_length=300,
        blank=True,
        default=MARGIN_NOTE_ANTIQUES,
        db_default=MARGIN_NOTE_ANTIQUES,
    )
    invoice_note = models.TextField(
        _("closing words of invoices"), max_length=1000, blank=True, db_default=""
    )
    terms = models.TextField(_("terms of sale"), blank=True)
    privacy = models.TextField(_("privacy"), blank=True)
    imprint = models.TextField(_("legal notice"), blank=True)

    withdrawal = models.TextField(
        _("information on the right to withdraw"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: the model of the law, with what is said here. The form follows it."),
    )
    return_costs = models.CharField(
        _("who pays for sending things back"),
        max_length=10,
        choices=ReturnCosts,
        default=ReturnCosts.CUSTOMER,
        db_default=ReturnCosts.CUSTOMER,
    )
    return_to = models.TextField(
        _("where things are sent back to"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: the address of the shop."),
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes that a bag holds a thing"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text=_("Empty: what the server is set up with, by HOLD_MINUTES."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        db_default="",
        validators=[validate_accent],
        help_text=_("Such as #9c1c2b, for links and buttons on light pages. Empty: the red one."),
    )
    # The file, and its size in pixels: `store.pictures.logo` writes them.
    logo = models.CharField(max_length=100, default="", db_default="", blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Each as `ClosedDays.row`, the earliest first.
    closed_days = models.JSONField(_("closed days"), default=list, db_default=[], blank=True)
    # Numbers, Monday is 0.
    closed_weekdays = models.JSONField(
        _("closed every week"), default=list, db_default=[], blank=True
    )
    # Beside the main one, `LANGUAGE_CODE`: how their addresses begin.
    further_languages = models.JSONField(
        _("further languages"), default=list, db_default=[], blank=True
    )
    # Steps of the front desk's set-up list that somebody has ticked off by hand.
    ticked_off = models.JSONField(default=list, db_default=[], editable=False)

    class Meta:
        verbose_name = _("shop profile")

    def __str__(self) -> str:
        return self.name

    @property
    def languages(self) -> list[str]:
        """Those of the shop that can be spoken, the main one first."""
        main = settings.LANGUAGE_CODE
        others = [code for code, _name in settings.LANGUAGES if code in self.further_languages]
        return [main, *(code for code in others if code != main)]

    @property
    def takes_transfers(self) -> bool:
        """Whether there is an account that customers can pay into."""
        return bool(self.iban)

    @property
    def can_issue(self) -> bool:
        """Whether invoices name who sells: Article 226 (3) and (5) of the EU's VAT directive."""
        return bool(self.street.strip() and self.city.strip() and self.tax_number.strip())

    def rate_of(self, scheme: str) -> Decimal:
        """In percent; of the margin scheme it is that of the tax in the margin."""
        rates = {TaxScheme.ZERO: Decimal(0), TaxScheme.REDUCED: self.reduced_rate}
        return rates.get(TaxScheme(scheme), self.tax_rate)

    def margin_note_of(self, nature: str) -> str:
        """As Article 226 (14) of the EU's VAT directive tells things apart; never empty."""
        field, prescribed = MARGIN_NOTES.get(nature, ("margin_note", MARGIN_NOTE))
        own: str = getattr(self.translated, field)
        return gettext(prescribed) if own.strip() in {"", prescribed} else own

    @property
    def shown_logo(self) -> Shown | None:
        """In the size in which pages show it; None: they show the name."""
        if not self.logo:
            return None
        size = self.logo_width, self.logo_height
        width, height = fitting(*size, width=LOGO_WIDTH, tallest=LOGO_HEIGHT / LOGO_WIDTH)
        return Shown(default_storage.url(self.logo), width, height)

    @property
    def closed(self) -> list[ClosedDays]:
        return [ClosedDays.of_row(row) for row in self.closed_days]

    @property
    def closed_soon(self) -> ClosedDays | None:
        """The days that pages tell of: those that are, or come next within two weeks."""
        today = localdate()
        return next((days for days in self.closed if days.is_told_on(today)), None)

    @property
    def time_to_pay(self) -> timedelta:
        """Of what is ordered or billed today; only days count on which the shop is open."""
        days, weekdays = self.closed, self.closed_weekdays
        return time_of_open_days(self.days_to_pay, days, weekdays, since=localdate())

    def open_time(self, moment: datetime) -> datetime:
        """When what was to end at a moment does: on a day on which somebody is there."""
        return open_time(moment, self.closed, self.closed_weekdays)

    def clean(self) -> None:
        wrong = {}
        if self.invoice_prefix == self.credit_prefix:
            wrong["credit_prefix"] = _("Invoices and credit notes need beginnings that differ.")
        if self.iban and not is_iban(compact(self.iban)):
            wrong["iban"] = _("This is no IBAN: please look for a digit that is wrong.")
        if self.bic and not is_bic(compact(self.bic)):
            wrong["bic"] = _("A BIC has 8 or 11 letters and digits.")
        if (self.remind_days or 0) >= (self.days_to_pay or 0) > 0:
            wrong["remind_days"] = _("This is no shorter than the time to pay.")
        if wrong:
            raise ValidationError(wrong)
