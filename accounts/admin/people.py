from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms import EmailAddressField, NameField
from accounts.groups import GROUPS
from accounts.models import Customer, User

SUPERUSERS_ONLY = ["is_superuser", "user_permissions"]


class UserAddForm(AdminUserCreationForm):
    name = NameField()
    email = EmailAddressField(autocomplete="off")

    class Meta:
        model = User
        fields = ["email", "name"]


class UserForm(UserChangeForm):
    name = NameField()
    email = EmailAddressField(autocomplete="off")

    class Meta:
        model = User
        fields = ["email", "name", "is_active", "is_staff", "groups", *SUPERUSERS_ONLY]


class CustomerInline(admin.StackedInline):
    model = Customer
    can_delete = False
    fields = [
        "phone",
        "street",
        "address_extra",
        ("postcode", "city"),
        "country",
        "staff_notes",
    ]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People. A manager runs the staff, but only a superuser makes or touches superusers."""

    form = UserForm
    add_form = UserAddForm
    inlines = [CustomerInline]
    list_display = ["email", "name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "name", "customer__phone", "customer__postcode", "customer__city"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        person: list[str] = ["email", "name", "last_login", "date_joined"]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": [*person, "is_active"]})]
        rights = ["is_active", "is_staff", "groups"]
        if request.user.is_superuser:
            rights += SUPERUSERS_ONLY
        return [
            (None, {"fields": [*person, "password"]}),
            (_("What this person may do"), {"fields": rights}),
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if not allowed or obj is None or request.user.is_superuser:
            return allowed
        return not obj.is_beyond_managers

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        if db_field.name == "groups" and not request.user.is_superuser:
            kwargs["queryset"] = Group.objects.filter(name__in=GROUPS)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """None while adding: the person comes first."""
        return self.inlines if obj else []
