from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoreConfig(AppConfig):
    name = "store"
    verbose_name = _("Shop")

    def ready(self) -> None:
        from mail.outbox import SENDERS
        from store import (  # noqa: F401
            belongings,
            erasing,
            home,
            personal_data,
            receivers,
            retention,
        )
        from store.models import ShopProfile

        SENDERS["shop"] = ShopProfile.get_solo
