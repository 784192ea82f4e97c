"""What people of the shop may do, in plain words."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF

# What somebody with one of our roles may do; of a group that an owner has made, its name says it.
MAY_DO = {
    SHOP_STAFF: _("sell, send, take repairs in and hand them out, count the drawer"),
    WORKSHOP_STAFF: _("mend: tickets, quotes, tasks and deposits"),
    MANAGERS: _("sell and mend, and see to colleagues, money, texts and settings"),
}


class RolesMixin:
    """Each role says in a line what it may do."""

    def label_from_instance(self, group: Group) -> str:
        may = MAY_DO.get(group.name)
        return f"{group.name}: {may}" if may else group.name


class RoleField(RolesMixin, ModelChoiceField):
    pass


class RolesField(RolesMixin, ModelMultipleChoiceField):
    pass


class RoleFilter(admin.RelatedFieldListFilter):
    """By group, which people of the shop call a role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("role")
        self.empty_value_display = format_html("{}", _("without a role"))
