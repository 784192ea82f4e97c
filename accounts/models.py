from typing import Any, ClassVar

from django.contrib.auth.hashers import (
    UNUSABLE_PASSWORD_PREFIX,
    check_password,
    make_password,
)
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.address_changes import AddressChange
from accounts.data_links import DataLink
from accounts.factors.models import RecoveryCodes
from accounts.groups import GROUPS
from accounts.guesses import Guesses
from accounts.log_entries import SecurityLogEntry
from accounts.logins.models import KnownBrowser, Login
from accounts.postal import IS_UNREAD, Address
from accounts.retention_periods import RetentionPeriod
from typed.emails import plain_email
from typed.languages import LanguageField

__all__ = [
    "ERASED",
    "Address",
    "AddressChange",
    "Customer",
    "DataLink",
    "Guesses",
    "KnownBrowser",
    "Login",
    "RecoveryCodes",
    "RetentionPeriod",
    "SecurityLogEntry",
    "User",
    "UserManager",
]
LONGEST_EMAIL = 254
# Where a name must stand, of somebody who is erased.
ERASED = "–"
# Stands in every hash of a password, and in nothing that Django writes where there is none.
HASH_SIGN = "$"


class UserManager(BaseUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """One spelling for each: nobody means two people by `Ann@` and `ann@`.

        What is longer than an address may be (RFC 5321) is none and stays as it is.
        """
        stripped = (email or "").strip()
        return stripped if len(stripped) > LONGEST_EMAIL else plain_email(stripped)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account with an address; nobody logs in as one of those who have none."""
        if not (email := self.normalize_email(username)):
            raise self.model.DoesNotExist
        return self.get(email=email)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        if user.email_checked_at:
            user.checked_email = user.email
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make who runs the shop. Whoever may call this is asked for no proof of an address."""
        own = {"is_staff": True, "is_superuser": True, "email_checked_at": timezone.now()}
        return self.create_user(email, password, **{**own, **fields})


class User(AbstractUser):
    """A person with a login: customer, staff, or both. The e-mail address is the login.

    Whoever was written down at the counter by name and phone alone has no address, and no way in.
    """

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True, db_index=True)
    # Of Django's, with words of our own.
    is_active = models.BooleanField(
        _("may log in"),
        default=True,
        help_text=_("Take this away rather than delete somebody."),
    )
    is_staff = models.BooleanField(
        _("works here"), default=False, help_text=_("Without it, a role opens no door.")
    )

    # When somebody last showed that they read its mail, and that of which address: whatever changes
    # the other one leaves it unchecked. Of accounts that were opened before this was asked, neither
    # is known; until they are, they count as anybody's who knows the address.
    email_checked_at = models.DateTimeField(
        _("e-mail address checked"), null=True, blank=True, editable=False
    )
    checked_email = models.EmailField(default="", db_default="", editable=False)
    # What the address is to become, once a link that was mailed there is followed.
    new_email = models.EmailField(
        _("new e-mail address"), default="", db_default="", blank=True, editable=False
    )
    # When its owner has closed it. Of one that staff have closed, this is not known.
    closed_at = models.DateTimeField(_("closed by its owner"), null=True, editable=False)
    # Where all has gone that this record had, once two were found to be one person.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("joined with"),
    )

    # Of mails to this person, and of the pages of staff.
    language = LanguageField(_("language"))

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="one_account_an_address",
                condition=~models.Q(email=""),
                # As of a field that is unique: the refusal stands beside it.
                violation_error_code="unique",
                violation_error_message=_("There is an account with this e-mail address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = UserManager.normalize_email(self.email)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def check_password(self, raw_password: str) -> bool:
        """As Django's, but its hash is raised to the rounds of today over that very hash alone.

        Django writes over whatever is there by then: to hash takes a second, in which another
        password may have been set, and the old one came back. What was set meanwhile counts.
        """
        checked, is_raised = self.password, True

        def raise_rounds(password: str) -> None:
            nonlocal is_raised
            self.password = make_password(password)
            row = User.objects.filter(pk=self.pk)
            is_raised = bool(row.filter(password=checked).update(password=self.password))
            if not is_raised:
                self.password = row.values_list("password", flat=True).first() or ""

        is_right = check_password(raw_password, checked, raise_rounds)
        return is_right and (is_raised or check_password(raw_password, self.password))

    @property
    def is_checked(self) -> bool:
        """Whether it was shown that mail to the address reaches whoever has the account."""
        return self.email_checked_at is not None and self.checked_email == self.email

    @property
    def is_erased(self) -> bool:
        """Whether it is the bare row that is left, which invoices and tickets name."""
        return self.name == ERASED and not (self.email or self.is_active)

    @property
    def is_waiting(self) -> bool:
        """Whether it was opened with a password that lets nobody in before a link is followed.

        Such a password is a hash that Django takes for none; see `accounts.registering`.
        """
        return self.password.startswith(UNUSABLE_PASSWORD_PREFIX) and HASH_SIGN in self.password

    def opens_with(self, password: str) -> bool:
        """Whether a waiting account was opened with this password."""
        return self.is_waiting and check_password(password, self.password[1:])

    @property
    def is_strangers(self) -> bool:
        """Whether somebody has a password for it of whom the address says nothing."""
        return not self.is_checked and (self.has_usable_password() or self.is_waiting)

    @property
    def is_beyond_managers(self) -> bool:
        """Whether this person has, or would have when active, rights that no staff group gives."""
        others = self.groups.exclude(name__in=GROUPS)
        return self.is_superuser or self.user_permissions.exists() or others.exists()


class Customer(Address):
    """What the shop knows of a customer beyond the login."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="customer")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    staff_notes = models.TextField(
        _("staff notes"), blank=True, help_text=_("Never shown to the customer.")
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["id"], name="customer_country_unread", condition=IS_UNREAD),
        ]

    def __str__(self) -> str:
        return str(self.user)
