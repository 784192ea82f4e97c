from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import confirmation, guessing, passwords, security_log  # noqa: F401
        from accounts.factors import session as factors  # noqa: F401
        from accounts.logins import session as logins  # noqa: F401
