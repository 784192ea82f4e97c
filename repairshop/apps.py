from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepairshopConfig(AppConfig):
    name = "repairshop"
    verbose_name = _("Running the shop")
