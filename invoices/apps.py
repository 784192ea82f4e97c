from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Money")

    def ready(self) -> None:
        from accounts.outbox import PRODUCERS
        from invoices import receivers  # noqa: F401
        from invoices.documents.pdf import attached

        PRODUCERS["invoice"] = attached
