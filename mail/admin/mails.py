"""The outbox, as staff see it: what waits, what was sent, what could not be."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from desk.lists import KeysFirstMixin
from mail.admin.preview import framed
from mail.models import Mail
from mail.outbox import EVENTS
from mail.sending import send_again


class TriedFilter(admin.SimpleListFilter):
    title = gettext_lazy("tries")
    parameter_name = "tried"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in_vain", _("tried in vain, waits to be tried again"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Mail]:
        mails: QuerySet[Mail] = queryset.in_vain() if self.value() == "in_vain" else queryset
        return mails


@admin.register(Mail)
class MailAdmin(KeysFirstMixin):
    """Nobody edits a mail. Staff see those about what they may see, and have them sent again."""

    # The links of what is sensitive give rights to whoever has them.
    secrets = ["text", "html", "headers"]
    change_form_template = "admin/mail/mail/change_form.html"
    list_display = ["subject", "to", "occasion", "state", "written", "error"]
    list_filter = ["state", TriedFilter]
    search_fields = ["to", "subject", "about", "message_id"]
    date_hierarchy = "created_at"
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    actions = ["send_again"]
    fields = [
        "state",
        "to",
        "reply_to",
        "occasion",
        "about",
        "attachment",
        ("created_at", "sent_at"),
        ("tries", "next_try_at"),
        "last_error",
        "message_id",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return Mail.objects.for_staff(cast(PermissionsMixin, request.user))

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return lookup.split("__")[0] not in self.secrets and super().lookup_allowed(
            lookup, value, request
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Mail | None = None) -> Any:
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """There is nothing to save; `change` is the right to have it sent again."""
        buttons = ("show_save", "show_save_and_continue", "show_save_and_add_another")
        context = {**(extra_context or {}), **dict.fromkeys(buttons, False)}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("occasion"), ordering="event")
    def occasion(self, mail: Mail) -> str:
        known = EVENTS.get(mail.event)
        return str(known.when) if known else mail.event

    @admin.display(description=gettext_lazy("written"), ordering="created_at")
    def written(self, mail: Mail) -> Any:
        return mail.created_at

    @admin.display(description=gettext_lazy("last error"))
    def error(self, mail: Mail) -> str:
        return mail.last_error[:100]

    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(require_POST(self.send_again_page))
        html = self.admin_site.admin_view(self.html_page)
        return [
            path("<int:pk>/send-again/", again, name="mail_mail_send_again"),
            path("<int:pk>/html/", html, name="mail_mail_html"),
            *super().get_urls(),
        ]

    def find(self, request: HttpRequest, pk: int) -> Mail:
        """Raise 404 for a mail that is not there, or about what this person may not see."""
        mail: Mail | None = self.get_object(request, str(pk))
        if mail is None:
            raise Http404
        return mail

    def html_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = self.find(request, pk)
        if not self.has_view_permission(request, mail):
            raise PermissionDenied
        if not mail.is_readable:
            raise Http404
        return framed(mail.shown_html)

    def send_again_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = self.find(request, pk)
        if not self.has_change_permission(request, mail):
            raise PermissionDenied
        if send_again(mail_id=mail.pk):
            messages.success(request, _("It goes out within a minute."))
        else:
            messages.error(request, _("Nothing is left of this mail to send."))
        return redirect("admin:mail_mail_change", pk)

    @admin.action(description=gettext_lazy("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        done = sum(send_again(mail_id=mail.pk) for mail in mails)
        text = ngettext("%d mail goes out again.", "%d mails go out again.", done) % done
        messages.success(request, text)
