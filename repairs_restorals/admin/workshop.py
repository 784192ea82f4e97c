"""What the workshop says about itself, and what it shows of its work."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from solo.admin import SingletonModelAdmin

from accounts.addresses import site_of
from accounts.admin.mixins import LockedMixin
from repairs_restorals.admin.forms import StaffField
from repairs_restorals.consent import mail_consent
from repairs_restorals.models import BeforeAfter, ServiceTicket, TicketImage, Workshop
from store.admin.translated import TranslatedAdmin
from typed.references import number_in


class WorkshopForm(forms.ModelForm):
    default_assignee = StaffField(
        label=gettext_lazy("New tickets go to"), empty_label=gettext_lazy("nobody")
    )

    class Meta:
        model = Workshop
        fields = [
            "intro",
            "how_it_works",
            "email",
            "default_assignee",
            "hourly_rate",
            "tax_rate",
            "quote_days",
        ]


@admin.register(Workshop)
class WorkshopAdmin(LockedMixin, TranslatedAdmin, SingletonModelAdmin):
    form = WorkshopForm
    fieldsets = [
        (gettext_lazy("On the workshop’s page"), {"fields": ["intro", "how_it_works"]}),
        (gettext_lazy("New tickets"), {"fields": ["default_assignee", "email"]}),
        (gettext_lazy("Quotes"), {"fields": ["hourly_rate", "tax_rate", "quote_days"]}),
    ]


def thumbnail(image: TicketImage) -> SafeString:
    source = reverse("repairs:photo", args=[image.ticket_id, image.pk, "thumb"])
    return format_html('<img class="thumb" src="{}" alt="">', source)


class PhotoField(forms.ModelChoiceField):
    """One of the photos of a ticket, to be seen while choosing."""

    widget = forms.RadioSelect

    def label_from_instance(self, image: Any) -> SafeString:
        return format_html("{} {}", thumbnail(image), image)


class BeforeAfterForm(forms.ModelForm):
    before = PhotoField(
        label=gettext_lazy("Before"), queryset=TicketImage.objects.none(), empty_label=None
    )
    after = PhotoField(
        label=gettext_lazy("After"), queryset=TicketImage.objects.none(), empty_label=None
    )

    class Meta:
        model = BeforeAfter
        fields = ["before", "after", "caption", "consent", "shown"]

    # Set by the admin: a form that does not know its ticket offers no photo.
    ticket_id: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is among us is not for everybody, whatever else is agreed.
        photos = TicketImage.objects.public().filter(ticket=self.ticket_id)
        for name in ("before", "after"):
            self.fields[name].queryset = photos  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("before") and data.get("before") == data.get("after"):
            self.add_error("after", _("Choose another photo than the one before."))
        if self.instance.taken_back_at and data.get("shown") and "consent" not in self.changed_data:
            text = _("The owner has taken the consent back. With a new one, write that down here.")
            self.add_error("consent", text)
        return data


class ToldFilter(admin.SimpleListFilter):
    title = gettext_lazy("owner told how to take it back")
    parameter_name = "told"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No, and it is shown"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[BeforeAfter]
    ) -> QuerySet[BeforeAfter]:
        match self.value():
            case "yes":
                return queryset.exclude(told_at=None)
            case "no":
                return queryset.filter(told_at=None, shown=True)
        return queryset


@admin.register(BeforeAfter)
class BeforeAfterAdmin(LockedMixin, TranslatedAdmin):
    """Pairs of photos for everybody to see. They are begun on the page of their ticket."""

    form = BeforeAfterForm
    list_display = ["pair", "caption", "ticket", "shown", "consent", "told_at", "recorded_by"]
    list_display_links = ["pair", "caption"]
    list_filter = ["shown", ToldFilter]
    list_select_related = ["ticket__customer", "before", "after", "recorded_by"]
    actions = ["tell_owners"]
    search_fields = ["caption", "consent"]
    fields = ["of", "before", "after", "caption", "consent", "shown"]
    readonly_fields = ["of"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in self.fields if obj or name != "of"]

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, *args, **kwargs)
        number = obj.ticket_id if obj else ticket_in(request)
        return type("BeforeAfterForm", (form,), {"ticket_id": number})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if self.has_add_permission(request) and not self.photos_of(request).exists():
            text = _("Choose a ticket that has photos, and begin on its page.")
            messages.info(request, text)
            return redirect("admin:repairs_restorals_serviceticket_changelist")
        return super().add_view(request, form_url, extra_context)

    def photos_of(self, request: HttpRequest) -> QuerySet[TicketImage]:
        return TicketImage.objects.public().filter(ticket=ticket_in(request))

    def save_model(self, request: HttpRequest, obj: BeforeAfter, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.ticket_id = ticket_in(request)
        if "consent" in form.changed_data:
            obj.recorded_by = request.user  # type: ignore[assignment]
            obj.taken_back_at = None
        super().save_model(request, obj, form, change)
        if obj.shown and {"shown", "consent"} & {*form.changed_data}:
            mail_consent(obj, site_of(request))

    @admin.action(
        description=gettext_lazy("Mail the owners how they take their consent back"),
        permissions=["change"],
    )
    def tell_owners(self, request: HttpRequest, queryset: QuerySet[BeforeAfter]) -> None:
        """Once each; whoever has no e-mail address is asked otherwise, or not shown."""
        waiting = queryset.filter(shown=True, told_at=None).select_related("ticket__customer")
        told = [mail_consent(pair, site_of(request)) for pair in waiting]
        mailed = sum(told)
        messages.success(request, _("Mailed to owners: %d.") % mailed)
        if left := len(told) - mailed:
            text = _(
                "Without an e-mail address: %d. Tell them on paper that they may take it back at "
                "any time, or take the photos from the page."
            )
            messages.warning(request, text % left)

    @admin.display(description=gettext_lazy("photos"))
    def pair(self, shown: BeforeAfter) -> SafeString:
        return format_html("{} → {}", thumbnail(shown.before), thumbnail(shown.after))

    @admin.display(description=gettext_lazy("ticket"))
    def of(self, shown: BeforeAfter) -> SafeString:
        page = reverse("admin:repairs_restorals_serviceticket_change", args=[shown.ticket_id])
        return format_html('<a href="{}">{}</a>', page, shown.ticket)


def ticket_in(request: HttpRequest) -> int:
    """The number of the ticket in `?ticket=`; 0, which no ticket has, for anything else."""
    number = number_in(request.GET.get("ticket", "")) or 0
    return number if number and ServiceTicket.objects.filter(pk=number).exists() else 0
