from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Money")

    def ready(self) -> None:
        from invoices import erasing, panels, personal_data, receivers, retention  # noqa: F401
        from invoices.documents.pdf import attached
        from invoices.orders.pdf import confirmation
        from mail.outbox import PRODUCERS

        PRODUCERS["invoice"] = attached
        PRODUCERS["order"] = confirmation.attached
