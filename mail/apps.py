from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "mail"
    verbose_name = _("Mails")

    def ready(self) -> None:
        # The mails of all apps, so that staff find each of them in the admin.
        autodiscover_modules("mail")
