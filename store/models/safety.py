"""Who answers for the safety of a thing: Article 19 of Regulation (EU) 2023/988."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from store.models.legal_nature import Nature

# Antiques are left out, and what is clearly sold to be repaired first: Article 2(2)(i) and (3).
WITH_SAFETY = (Nature.NEW, Nature.USED)


class SafetyMixin(models.Model):
    maker_contact = models.TextField(
        _("name and addresses of its maker"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("By post and by e-mail or web. Of what is new or used the law wants it shown."),
    )
    responsible_person = models.TextField(
        _("who answers for it in the EU"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where its maker is not in the EU: name, and address by post and e-mail."),
    )
    safety_warnings = models.TextField(
        _("warnings and what is to know for its safety"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
    )

    class Meta:
        abstract = True
