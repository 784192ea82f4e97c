from datetime import timedelta
from hashlib import sha256
from typing import Self

from django.conf import settings
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from typed.secret_links import without_secrets

# How long a sender may be busy with one mail before others take it for dead.
LEASE = timedelta(minutes=5)
# After that nobody tries any more.
GIVE_UP = timedelta(days=3)
# The right to see what a mail is about, by its event; each event says its own.
SEEN_WITH: dict[str, str] = {}


class MailQuerySet(models.QuerySet["Mail"]):
    def queued(self) -> Self:
        return self.filter(state=Mail.State.QUEUED)

    def failed(self) -> Self:
        return self.filter(state=Mail.State.FAILED)

    def in_vain(self) -> Self:
        """Mails that wait after a try that failed."""
        return self.queued().exclude(last_error="")

    def due(self) -> Self:
        """Mails that a sender may take now, by the database's clock."""
        unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=Now())
        return self.queued().filter(unclaimed, next_try_at__lte=Now())

    def for_staff(self, user: PermissionsMixin) -> Self:
        """Mails about what this person may see in the admin."""
        if user.is_superuser:
            return self
        seen = [event for event, right in SEEN_WITH.items() if user.has_perm(right)]
        return self.filter(event__in=seen)

    def too_late(self) -> Self:
        """Mails in vain: tried for days, or their time has gone by."""
        return self.due().filter(Q(queued_at__lte=Now() - GIVE_UP) | Q(useful_until__lte=Now()))


class Mail(models.Model):
    """A mail of the shop: written in the transaction it tells of, sent later by the timer."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waits to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNSENT = "unsent", _("not sent: no mail server")

    event = models.CharField(_("occasion"), max_length=80)
    about = models.CharField(_("about"), max_length=200, blank=True)
    to = models.CharField(pgettext_lazy("of a mail", "to"), max_length=320)
    reply_to = models.CharField(_("answers go to"), max_length=320, blank=True)
    subject = models.TextField(_("subject"))
    text = models.TextField(_("text"))
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    # Such as "invoice:45"; see `mail.outbox.PRODUCERS`.
    attachment = models.CharField(_("attachment"), max_length=80, blank=True)
    # More of them, with spaces between. The version before sends none of these.
    enclosures = models.CharField(
        _("enclosures"), max_length=200, blank=True, default="", db_default="", editable=False
    )
    # What is in it gives rights to whoever has it: nobody reads it here, and it does not stay.
    sensitive = models.BooleanField(default=False)
    # Whoever it goes to was named by a stranger: other mails go first.
    yields = models.BooleanField(default=False, db_default=False)
    # The same for each try, so that mail programs show it once.
    message_id = models.CharField("Message-ID", max_length=255, unique=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    useful_until = models.DateTimeField(_("of use until"), null=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now())
    # As created, until somebody has it sent again.
    queued_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        # Its first home was another app.
        db_table = "accounts_mail"
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], name="mail_queued", condition=Q(state="queued")),
            models.Index(fields=["state", "sent_at"], name="mail_state_and_sent_at"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def version(self) -> str:
        """Changes with what its reader gets: nothing is sent that nobody has looked at."""
        parts = "\0".join(map(str, [self.to, self.subject, self.text]))
        return sha256(parts.encode()).hexdigest()

    @property
    def is_readable(self) -> bool:
        """Whether staff may look into it."""
        return not self.sensitive and bool(self.text)

    @property
    def shown_text(self) -> str:
        """For staff: what its links open is for its reader alone."""
        return without_secrets(self.text)

    @property
    def shown_html(self) -> str:
        return without_secrets(self.html)

    @property
    def can_go_again(self) -> bool:
        """Whether there is something to send that is not on its way already."""
        return self.state != self.State.QUEUED and bool(self.text)


class Wording(models.Model):
    """How staff have put a mail into other words than the original's."""

    # `MailEvent.key_in` a language.
    event = models.CharField(max_length=80, primary_key=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )

    class Meta:
        db_table = "accounts_wording"
        verbose_name = _("wording of a mail")
        verbose_name_plural = _("wording of mails")
        ordering = ["event"]

    def __str__(self) -> str:
        return self.event
