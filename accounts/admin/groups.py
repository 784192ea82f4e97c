"""What groups may do; only superusers see it."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.confirmation import ConfirmedAdminMixin

# The first word of what Django calls rights, which it names in English in the database.
DEEDS = {"view": _("look at"), "add": _("add"), "change": _("change"), "delete": _("delete")}


class RightsField(ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """What a right lets somebody do, in the language of the reader."""
        deed = obj.codename.partition("_")[0]
        what = str(DEEDS[deed]) if deed in DEEDS else gettext(obj.name)
        return f"{obj.content_type}: {what}"


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ConfirmedAdminMixin, DjangoGroupAdmin):
    list_display = ["role"]

    @admin.display(description=_("role"), ordering="name")
    def role(self, group: Group) -> str:
        return group.name

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "permissions":
            kwargs["form_class"] = RightsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)
