"""Words of mails may name a bank account: they change only after the password, and are logged."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import User
from mail.admin.wordings import WordingAdmin
from mail.models import Wording

Page = Callable[[HttpRequest, str], HttpResponse]

admin.site.unregister(Wording)


@admin.register(Wording)
class ConfirmedWordingAdmin(WordingAdmin):
    def edit_page(self, request: HttpRequest, name: str) -> HttpResponse:
        return self.confirmed(request, name, super().edit_page)

    def original_page(self, request: HttpRequest, name: str) -> HttpResponse:
        return self.confirmed(request, name, super().original_page)

    def confirmed(self, request: HttpRequest, name: str, page: Page) -> HttpResponse:
        event, language = self.find(request, name)
        before = event.in_language(language)
        if request.method == "POST":
            require_confirmation(request)
        answer = page(request, name)
        if event.in_language(language) != before:
            about = f"words of {name}"
            tell(SecurityEvent.SETTINGS_CHANGED, cast(User, request.user), request, about)
        return answer
