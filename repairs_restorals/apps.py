from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepairsRestoralsConfig(AppConfig):
    name = "repairs_restorals"
    verbose_name = _("Workshop")

    def ready(self) -> None:
        from mail.outbox import PRODUCERS
        from repairs_restorals import (  # noqa: F401
            belongings,
            erasing,
            personal_data,
            receivers,
            retention,
        )
        from repairs_restorals.form_views import attached

        PRODUCERS["repair_form"] = attached
