from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import (  # noqa: F401
            confirmation,
            guessing,
            own_data,
            passwords,
            security_log,
        )
        from accounts.factors import session as factors  # noqa: F401
        from accounts.logins import session as logins  # noqa: F401
        from accounts.own_retention import ACCOUNTS
        from accounts.retention import RULES

        # Behind those of apps above, which are ready by now: what they keep keeps an account.
        RULES.append(ACCOUNTS)
