from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BagConfig(AppConfig):
    name = "bag"
    verbose_name = _("Bag")

    def ready(self) -> None:
        from bag import (  # noqa: F401
            belongings,
            erasing,
            panels,
            personal_data,
            receivers,
            reservation_mail,
            retention,
        )
        from bag.asked import mail as asked_mail  # noqa: F401
        from bag.waitlist import mail  # noqa: F401
        from bag.wishes import mail as wish_mail  # noqa: F401
