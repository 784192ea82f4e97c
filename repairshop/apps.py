from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RepairshopConfig(AppConfig):
    name = "repairshop"
    verbose_name = _("Running the shop")

    def ready(self) -> None:
        from accounts.personal_data import NOT_PERSONAL
        from repairshop import checks  # noqa: F401 (registers them)
        from repairshop.permissions import grant_new_permissions

        NOT_PERSONAL["repairshop.Heartbeat"] = "how the timers of web processes are"
        NOT_PERSONAL["repairshop.Fault"] = "where the program has failed, without a word of anybody"
        if settings.TIMER_BY_TASKS:
            NOT_PERSONAL["django_tasks_database.DBTaskResult"] = "which jobs wait and have run"
        post_migrate.connect(grant_new_permissions, dispatch_uid="repairshop.permissions")
        if settings.SENTRY_DSN:
            from repairshop import sentry

            sentry.start(settings.SENTRY_DSN)
