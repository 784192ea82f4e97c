"""The form by which staff write down a person, or let in a colleague, with what follows."""

from typing import Any, cast

from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField, ModelForm, RadioSelect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.addresses import site_of
from accounts.admin.roles import RoleField
from accounts.forms import EmailAddressField, NameField
from accounts.mail import password_page
from accounts.models import User
from accounts.rights import groups_given_by
from mail.telling import gets_mail


def words_of_link(email: str) -> str:
    """What is true of the link by which somebody chooses a password."""
    if gets_mail(email):
        return gettext("A mail with a link to choose a password goes to %s.") % email
    return gettext("There is no mail server: no link to choose a password goes to %s.") % email


def hand_over_link(
    admin: ModelAdmin, request: HttpRequest, user: User, title: str = ""
) -> HttpResponse:
    """Show whoever has let in a colleague or a customer the link that no mail brings.

    It stands in this answer and nowhere else: a message of Django's would be kept until it is read.
    """
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title or gettext("%s works here now.") % user.name,
        "thing": user,
        "link": password_page(user, site_of(request)),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }
    return render(request, "admin/accounts/user/handed_link.html", context)


def has_come_from_desk(request: HttpRequest) -> bool:
    """Whether it is the set-up list that has led here, for a colleague."""
    return request.GET.get("then") == "desk"


class UserAddForm(ModelForm):
    """A person without a password: they choose it themselves, where the mailed link leads.

    With a role they work here, and it is one that whoever fills in the form may give.
    """

    # Set on a class made for each request, see `UserAdmin.get_form`.
    giver: Any = None
    from_desk = False

    name = NameField()
    email = EmailAddressField(autocomplete="off")
    role = RoleField(
        # Empty by default: a caller who forgets the giver offers nothing.
        queryset=Group.objects.none(),
        label=_("Role"),
        widget=RadioSelect,
        required=False,
        blank=True,
        empty_label=_("None: a customer"),
        help_text=_("Who works here, and what they may do."),
    )

    class Meta:
        model = User
        fields = ["email", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast(ModelChoiceField, self.fields["role"])
        role.queryset = groups_given_by(self.giver) if self.giver else Group.objects.none()
        if self.from_desk:
            role.required, role.empty_label = True, None

    def clean_email(self) -> str:
        """Lead to whoever has the address already: a role is given there."""
        email = str(self.cleaned_data["email"])
        if found := User.objects.filter(email=email).first():
            text = gettext("{name} has this address already. {link}.")
            page = reverse("admin:accounts_user_change", args=[found.pk])
            link = format_html('<a href="{}">{}</a>', page, _("Give them a role there"))
            raise ValidationError(format_html(text, name=found.name or email, link=link))
        return email
