from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RepairshopConfig(AppConfig):
    name = "repairshop"
    verbose_name = _("Running the shop")

    def ready(self) -> None:
        from repairshop.permissions import grant_new_permissions

        post_migrate.connect(grant_new_permissions, dispatch_uid="repairshop.permissions")
