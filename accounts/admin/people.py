from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, ChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.addresses import site_of
from accounts.admin.acts import ActsMixin
from accounts.admin.adding import (
    UserAddForm,
    hand_over_link,
    has_come_from_desk,
    words_of_link,
)
from accounts.admin.customers import CustomerInline, UnknownCountryFilter
from accounts.admin.mixins import LockedMixin
from accounts.admin.phones import PhoneSearchMixin
from accounts.admin.roles import RoleFilter, RolesField
from accounts.admin.spoken import SpokenToForm
from accounts.changing import email_was_changed_by_staff
from accounts.confirmation import ConfirmedAdminMixin, require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.forms import EmailAddressField, NameField
from accounts.leaving import hand_over, takers_for, work_of
from accounts.mail import mail_password_page
from accounts.models import User
from accounts.rights import groups_given_by, has_more_than
from mail.telling import gets_mail

SUPERUSERS_ONLY = ["is_superuser", "user_permissions"]
NOBODY = "nobody"
RIGHTS = {"is_active", "is_staff", "groups", *SUPERUSERS_ONLY}
# What is refused here was not offered.
GIVEN = ("groups", "role")


class UserForm(SpokenToForm):
    name = NameField()
    email = EmailAddressField(autocomplete="off")
    # Asked for only while somebody has work that is left behind.
    work_goes_to = ChoiceField(label=_("Their open work goes to"), required=False)

    class Meta:
        model = User
        fields = ["email", "name", "is_active", "is_staff", "groups", *SUPERUSERS_ONLY]
        widgets = {"groups": CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever came to the counter may have none, and then gets no rights.
        if "email" in self.fields:
            self.fields["email"].required = bool(self.instance.email)
        self.work = work_of(self.instance) if self.instance.is_staff else 0
        if not self.work:
            del self.fields["work_goes_to"]
            return
        field = cast(ChoiceField, self.fields["work_goes_to"])
        takers = [(str(taker.pk), taker.name) for taker in takers_for(self.instance)]
        field.choices = [("", "–"), *takers, (NOBODY, _("nobody"))]
        field.help_text = gettext("When this person leaves: %d tickets and tasks.") % self.work

    @property
    def leaves(self) -> bool:
        """Whether somebody who worked here does so no more."""
        data = self.cleaned_data
        return any(name in data and not data[name] for name in ("is_active", "is_staff"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("email") and any(data.get(name) for name in RIGHTS - {"is_active"}):
            self.add_error("email", _("Whoever works here has an e-mail address."))
        if data.get("is_active") and self.instance.merged_into_id:
            self.add_error("is_active", _("This record was joined with another, which is used."))
        if self.work and self.leaves and not data.get("work_goes_to"):
            self.add_error("work_goes_to", _("Say who gets the tickets and tasks of this person."))
        return data


@admin.register(User)
class UserAdmin(ActsMixin, PhoneSearchMixin, ConfirmedAdminMixin, LockedMixin, DjangoUserAdmin):
    """People. Who may change them gives no rights but their own, and touches nobody with more.

    Nobody sets another person's password: they choose it themselves, by a mailed link. Somebody may
    join the person, or they may choose a password, while the form is sent: it takes its turn.
    """

    form = UserForm
    add_form = UserAddForm
    # Not the one that promises more options: a colleague needs none.
    add_form_template = None
    inlines = [CustomerInline]
    list_display = ["email", "name", "is_address_checked", "is_active", "is_staff", "date_joined"]
    list_display_links = ["email", "name"]
    list_filter = ["is_active", "is_staff", ("groups", RoleFilter), UnknownCountryFilter]
    phone_fields: ClassVar[list[str]] = ["customer__phone"]
    search_fields = ["email", "name", "customer__phone", "customer__postcode", "customer__city"]
    ordering = ["email"]
    readonly_fields = [
        "is_address_checked",
        "everything",
        "last_login",
        "date_joined",
        "password_by_mail",
        "acts",
    ]
    filter_horizontal = ["user_permissions"]
    add_fieldsets = [(None, {"fields": ["name", "email", "role"]})]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        person = ["email", "is_address_checked", "name", "everything", "last_login", "date_joined"]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": [*person, "is_active"]})]
        rights = ["is_active", "is_staff", "groups"]
        if obj.is_staff and work_of(obj):
            rights.insert(2, "work_goes_to")
        single = {"fields": SUPERUSERS_ONLY, "classes": ["collapse"]}
        return [
            (None, {"fields": [*person, "spoken", "password_by_mail", "acts", "version"]}),
            (_("What this person may do"), {"fields": rights}),
            *([(_("Single permissions"), single)] if request.user.is_superuser else []),
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        return not has_more_than(obj, cast(User, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        return not has_more_than(obj, cast(User, request.user))

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        if db_field.name == "groups":
            kwargs["queryset"] = groups_given_by(cast(User, request.user))
            kwargs["form_class"] = RolesField
            # Where Django speaks of groups.
            kwargs.update(label=_("Role"), help_text="")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, *args, **kwargs)
        if obj is not None:
            return form
        known = {"giver": request.user, "from_desk": has_come_from_desk(request)}
        return type("UserAddForm", (form,), known)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """None while adding: the person comes first."""
        return self.inlines if obj else []

    @admin.display(description=_("address checked"), boolean=True)
    def is_address_checked(self, user: User) -> bool:
        return user.is_checked

    @admin.display(description=_("as a customer"))
    def everything(self, user: User) -> SafeString:
        page = reverse("person", args=[user.pk])
        return format_html('<a href="{}">{}</a>', page, _("Tickets, orders, mails and all else"))

    @admin.display(description=_("password"))
    def password_by_mail(self, user: User) -> SafeString | str:
        if not user.email:
            return gettext("There is no e-mail address.")
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', address, _("Mail a link to choose a new one"))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        before = User.objects.filter(pk=obj.pk).first()
        if not change:
            obj.set_unusable_password()
            obj.is_staff = bool(form.cleaned_data["role"])
        if "is_active" in form.changed_data:
            # Whom staff close, opens nothing again.
            obj.closed_at = None
        super().save_model(request, obj, form, change)
        if before and before.email != obj.email:
            needs_link = email_was_changed_by_staff(user=obj, before=before, request=request)
            if needs_link:
                self.message_user(request, words_of_link(obj.email))
        if not change:
            mail_password_page("password_link", obj, site_of(request))
            if gets_mail(obj.email) or not obj.is_staff:
                self.message_user(request, words_of_link(obj.email))

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """A colleague needs no more than the form asks; of a customer, the page follows."""
        if obj.is_staff and not gets_mail(obj.email):
            return hand_over_link(self, request, obj)
        goes_on = {"_addanother", "_continue"} & {*request.POST}
        if has_come_from_desk(request) and not goes_on:
            self.message_user(request, gettext("%s works here now.") % obj.name)
            return redirect("admin:index")
        return super().response_add(request, obj, post_url_continue)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if getattr(form, "from_desk", False):
            context["title"] = gettext("Let a colleague in")
        for name in GIVEN:
            if name in form.errors and form.data.get(name):
                tell(SecurityEvent.ACCESS_REFUSED, cast(User, request.user), request, name)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        if not change and (role := form.cleaned_data["role"]):
            form.instance.groups.add(role)
            tell(SecurityEvent.RIGHTS_CHANGED, form.instance, request, f"{role}, by {request.user}")
        if changed := RIGHTS & {*form.changed_data}:
            about = f"{', '.join(sorted(changed))}, by {request.user}"
            tell(SecurityEvent.RIGHTS_CHANGED, form.instance, request, about)
        if change:
            self.follow_rights(request, form)

    def follow_rights(self, request: HttpRequest, form: Any) -> None:
        """Hand over what whoever leaves has left, and say when a group opens no door."""
        person, data = form.instance, form.cleaned_data
        if data.get("work_goes_to") and form.leaves:
            taker = next(
                (each for each in takers_for(person) if str(each.pk) == data["work_goes_to"]), None
            )
            hand_over(person, taker, cast(User, request.user))
            text = gettext("The open work goes to %s.") % (taker.name if taker else _("nobody"))
            self.message_user(request, text)
        if data.get("groups") and person.is_active and not person.is_staff:
            text = gettext("%s has a role, but does not get in: “Works here” is not ticked.")
            self.message_user(request, text % person, messages.WARNING)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (as Django names it)
        form_url: str = "",
    ) -> HttpResponse:
        """Where Django would let staff type a password for somebody else."""
        user = self.get_object(request, id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None or not user.email:
            raise Http404
        if request.method == "POST":
            require_confirmation(request)
            mail_password_page("password_link", user, site_of(request))
            self.message_user(request, words_of_link(user.email))
            return redirect("admin:accounts_user_change", user.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("A new password for %s") % user,
            "thing": user,
        }
        return render(request, "admin/accounts/user/password.html", context)
