from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.secrets import new_secret
from store.models import Item
from typed.languages import LanguageField, reverse_in

# Nobody wants to hear of it for ever, and nobody more than once a day.
WISH_LASTS = timedelta(days=180)
PAUSE = timedelta(days=1)


class WishQuerySet(models.QuerySet["Wish"]):
    def lasting(self) -> Self:
        return self.filter(asked_at__gt=Now() - WISH_LASTS)

    def to_tell(self) -> Self:
        """Wishes for which something has come in since, and whose last mail is a day old."""
        like = Item.objects.available().filter(
            category=OuterRef("item__category"), pk__gt=OuterRef("seen_item")
        )
        rested = Q(told_at=None) | Q(told_at__lt=Now() - PAUSE)
        return self.lasting().filter(rested, Exists(like))


class Wish(models.Model):
    """An address that wants to be told when something like a thing comes in: of its category."""

    # Without constraints in the database, the version before can delete what it knows.
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="wishes", db_constraint=False
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        db_constraint=False,
    )
    # As it was on asking; see `address`.
    email = models.EmailField(_("e-mail address"), db_index=True)
    # In mails only: whoever has it ends the wish.
    secret = models.CharField(max_length=32, unique=True, default=new_secret)
    # Where links in mails lead, for the timer knows no request.
    site = models.TextField()
    language = LanguageField()
    asked_at = models.DateTimeField(db_default=Now())
    # The newest item of which its owner may know.
    seen_item = models.BigIntegerField()
    told_at = models.DateTimeField(null=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [
            models.UniqueConstraint(fields=["item", "email"], name="one_wish_per_item_and_address")
        ]

    def __str__(self) -> str:
        return str(self.item)

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "bag:wish", self.secret)

    @property
    def address(self) -> str:
        """Where to write to."""
        return self.customer.email if self.customer else self.email

    @property
    def news(self) -> list[Item]:
        """What has come in since the last mail, newest first."""
        category = self.item.category_id
        found = Item.objects.available().filter(category=category, pk__gt=self.seen_item)
        return list(found.order_by(F("pk").desc())[:NEWS_IN_A_MAIL])


NEWS_IN_A_MAIL = 5
