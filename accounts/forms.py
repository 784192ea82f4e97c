from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate, password_validation, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts.contact_fields import CONTACT, CONTACT_FIELDS, AddressForm
from accounts.models import LONGEST_EMAIL, Customer, User, UserManager
from accounts.secrets import new_secret
from accounts.validators import validate_has_letter, validate_one_line
from mail.sending import has_server
from typed.emails import is_domain
from typed.text import plain_line

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class EmailAddressField(forms.EmailField):
    """An e-mail address, brought into the form in which it is stored before it is checked."""

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": autocomplete})
        defaults = {"label": _("E-mail address"), "max_length": LONGEST_EMAIL, "widget": widget}
        super().__init__(**{**defaults, **kwargs})

    def to_python(self, value: Any) -> str:
        return UserManager.normalize_email(super().to_python(value))

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value and not is_domain(value.rpartition("@")[2]):
            raise ValidationError(EmailValidator.message, code="invalid")


class NameField(forms.CharField):
    """The name of a person."""

    default_validators = [validate_one_line, validate_has_letter]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        super().__init__(**{"label": _("Name"), "max_length": 150, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        return plain_line(super().to_python(value) or "")


class IdempotencyKeyField(forms.CharField):
    """What makes two clicks one act. A form that is sent without a key gets a new one."""

    def __init__(self, **kwargs: Any) -> None:
        own = {"max_length": 32, "required": False, "widget": forms.HiddenInput}
        super().__init__(**{**own, "initial": new_secret, **kwargs})

    def clean(self, value: Any) -> str:
        return super().clean(value) or new_secret()


class PasswordField(forms.CharField):
    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(**{"label": _("Password"), "strip": False, "widget": widget, **kwargs})


def no_such_account() -> str:
    if has_server():
        return gettext(
            "There is no account with this e-mail address and this password. Check both, or set "
            "a new password. If you have just opened it, follow the link in our mail first."
        )
    return gettext(
        "There is no account with this e-mail address and this password. Check both. If you have "
        "just opened it, we have to open it by hand: this shop sends no mail at present."
    )


class LoginForm(AuthenticationForm):
    username = EmailAddressField(autocomplete="username")
    password = PasswordField()

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": lazy(no_such_account, str)(),
    }


class RegisterForm(forms.ModelForm):
    """A new account. The password is asked for once: whoever mistypes it resets it by mail.

    That an address has an account already is told to its mailbox, not to whoever typed it.
    """

    name = NameField()
    email = EmailAddressField()
    password = PasswordField(autocomplete="new-password")

    class Meta:
        model = User
        fields = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = password_validation.password_validators_help_text_html()
        self.fields["password"].help_text = rules

    def _get_validation_exclusions(self) -> set[str]:
        """The view answers an address that is taken; of all else in it, its field asks."""
        return {*super()._get_validation_exclusions(), "email"}  # type: ignore[misc]

    @sensitive_variables("password")
    def _post_clean(self) -> None:
        # The password is compared with name and address, which are in the instance only now.
        super()._post_clean()  # type: ignore[misc]
        password = self.cleaned_data.get("password")
        if password:
            try:
                password_validation.validate_password(password, self.instance)
            except ValidationError as refusal:
                self.add_error("password", refusal)


class ProfileForm(AddressForm):
    name = NameField()

    class Meta:
        model = Customer
        fields = list(CONTACT)
        field_classes = CONTACT_FIELDS

    field_order = ["name", *CONTACT]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, autocomplete in CONTACT.items():
            self.fields[name].widget.attrs["autocomplete"] = autocomplete
            self.fields[name].validators.append(validate_one_line)


def check_password(request: HttpRequest, password: str) -> None:
    """Raise ValidationError unless this is the password of who is logged in.

    Asks as a log-in does, so that wrong ones count and somebody at an abandoned
    screen cannot try on for ever. As at a log-in, the rounds of its hash may be raised,
    by which a session is told from those of another password: this one goes on.
    """
    user = authenticate(request, username=request.user.get_username(), password=password)
    if user is None or user != request.user:
        raise ValidationError(_("This is not your password."))
    if user.password != request.user.password:
        request.user.password = user.password
        update_session_auth_hash(request, user)


class ConfirmedForm(forms.Form):
    """A form that takes effect only with the password of who is logged in."""

    password = PasswordField(label=_("Your password"))

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        check_password(self.request, password)
        return password


class EmailForm(ConfirmedForm):
    """Another address. That it has an account already is told to its mailbox alone."""

    email = EmailAddressField(label=_("New e-mail address"))

    field_order = ["email", "password"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.request.user.get_username():
            raise ValidationError(_("This is your address already."))
        return email


class PasswordChangedMeanwhile(Exception):
    """Somebody else has set another password, or another address, since the account was read."""


class PasswordAloneMixin:
    """Writes the password and nothing else, unless it or the address is another one by then.

    Django's forms write the whole row as it was read before the password was hashed, which takes
    a second by design: whose rights were taken away meanwhile had them back. A link is good for
    the address to which it was mailed, and for no second longer.
    """

    cleaned_data: dict[str, Any]

    def set_password_and_save(
        self,
        user: User,
        password_field_name: str = "password1",  # noqa: S107 (a name)
        commit: bool = True,  # noqa: FBT001, FBT002 (as Django has it)
    ) -> User:
        before = user.password
        user.set_password(self.cleaned_data[password_field_name])
        changed = User.objects.filter(pk=user.pk, password=before, email=user.email)
        if commit and not changed.update(password=user.password):
            raise PasswordChangedMeanwhile
        return user


class NewPasswordForm(PasswordAloneMixin, SetPasswordForm):
    pass


class OwnPasswordForm(PasswordAloneMixin, PasswordChangeForm):
    """Django's form, but wrong guesses of the old password count as failed log-ins."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        check_password(self.request, password)
        return password


class ResetForm(forms.Form):
    email = EmailAddressField()


class MyDataForm(forms.Form):
    """Where a link to all that is kept about an address goes: there."""

    email = EmailAddressField(label=_("Your e-mail address"))


class OpeningForm(forms.Form):
    """The password with which an account was opened, asked for in any other browser."""

    password = PasswordField(label=_("The password that you chose"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.opens_with(password):
            raise ValidationError(_("This is not the password with which the account was opened."))
        return password


def meant_for(stranger: User | None, question: "StrOrPromise", *, is_meant: bool) -> bool:
    """Ask staff before something goes to an account that a stranger may have opened.

    `question` names its `date` and `name`.
    """
    if stranger and not is_meant:
        said = {"date": date_format(stranger.date_joined), "name": stranger.name}
        raise ValidationError(question % said)
    return True
