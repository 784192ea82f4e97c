"""Who carries parcels, and where each shows the way of one."""

from urllib.parse import quote

from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.TextChoices):
    AUSTRIAN_POST = "at", "Österreichische Post"
    BPOST = "bpost", "bpost"
    CORREOS = "correos", "Correos"
    DHL = "dhl", "DHL"
    DPD = "dpd", "DPD"
    EVRI = "evri", "Evri"
    FEDEX = "fedex", "FedEx"
    GLS = "gls", "GLS"
    HERMES = "hermes", "Hermes"
    LA_POSTE = "laposte", "La Poste"
    POSTE_ITALIANE = "poste", "Poste Italiane"
    POSTNL = "postnl", "PostNL"
    ROYAL_MAIL = "royalmail", "Royal Mail"
    SWISS_POST = "ch", "Die Post / La Poste (Schweiz, Suisse)"
    UPS = "ups", "UPS"
    USPS = "usps", "USPS"
    OTHER = "other", _("another one")


# Each takes the number at its end.
PAGES = {
    Carrier.AUSTRIAN_POST: "https://www.post.at/sv/sendungsdetails?snr=",
    Carrier.BPOST: "https://track.bpost.cloud/btr/web/#/search?itemCode=",
    Carrier.CORREOS: (
        "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number="
    ),
    Carrier.DHL: "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
    Carrier.DPD: "https://tracking.dpd.de/status/en_US/parcel/",
    Carrier.EVRI: "https://www.evri.com/track/parcel/",
    Carrier.FEDEX: "https://www.fedex.com/fedextrack/?trknbr=",
    Carrier.GLS: "https://gls-group.eu/track/",
    Carrier.HERMES: "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#",
    Carrier.LA_POSTE: "https://www.laposte.fr/outils/suivre-vos-envois?code=",
    Carrier.POSTE_ITALIANE: "https://www.poste.it/cerca/index.html#/risultati-spedizioni/",
    Carrier.POSTNL: "https://jouw.postnl.nl/track-and-trace/",
    Carrier.ROYAL_MAIL: "https://www.royalmail.com/track-your-item#/tracking-results/",
    Carrier.SWISS_POST: "https://service.post.ch/ekp-web/ui/entry/search/",
    Carrier.UPS: "https://www.ups.com/track?tracknum=",
    Carrier.USPS: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
}


def tracking_link(carrier: str, number: str) -> str:
    """Where the way of a parcel is shown; "" where nobody knows."""
    number = "".join(number.split())
    page = PAGES.get(carrier) if carrier else None  # type: ignore[call-overload]
    return f"{page}{quote(number, safe='')}" if page and number else ""
