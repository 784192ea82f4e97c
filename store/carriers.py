"""Who carries parcels, and where each shows the way of one."""

from urllib.parse import quote

from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.TextChoices):
    DHL = "dhl", "DHL"
    DPD = "dpd", "DPD"
    FEDEX = "fedex", "FedEx"
    GLS = "gls", "GLS"
    HERMES = "hermes", "Hermes"
    LA_POSTE = "laposte", "La Poste"
    ROYAL_MAIL = "royalmail", "Royal Mail"
    UPS = "ups", "UPS"
    USPS = "usps", "USPS"
    OTHER = "other", _("another one")


# Each takes the number at its end.
PAGES = {
    Carrier.DHL: "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
    Carrier.DPD: "https://tracking.dpd.de/status/en_US/parcel/",
    Carrier.FEDEX: "https://www.fedex.com/fedextrack/?trknbr=",
    Carrier.GLS: "https://gls-group.eu/track/",
    Carrier.HERMES: "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#",
    Carrier.LA_POSTE: "https://www.laposte.fr/outils/suivre-vos-envois?code=",
    Carrier.ROYAL_MAIL: "https://www.royalmail.com/track-your-item#/tracking-results/",
    Carrier.UPS: "https://www.ups.com/track?tracknum=",
    Carrier.USPS: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
}


def tracking_link(carrier: str, number: str) -> str:
    """Where the way of a parcel is shown; "" where nobody knows."""
    number = "".join(number.split())
    page = PAGES.get(carrier) if carrier else None  # type: ignore[call-overload]
    return f"{page}{quote(number, safe='')}" if page and number else ""
