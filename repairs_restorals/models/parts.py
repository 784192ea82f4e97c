"""Parts that a ticket waits for: ordered somewhere, and not here yet."""

from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from repairs_restorals.models.stages import PARTS, Stage, Turn
from repairs_restorals.models.status import Status

# While the thing is in work, or what it needs is being worked out.
WAITS_IN = [Status.ASSESSING, Status.APPROVED, Status.IN_PROGRESS]


class PartsMixin(models.Model):
    parts_awaited_since = models.DateTimeField(
        gettext_lazy("waits for parts since"), null=True, editable=False
    )
    parts_expected_on = models.DateField(gettext_lazy("parts expected"), null=True, editable=False)

    status: Any

    class Meta:
        abstract = True

    @property
    def may_wait_for_parts(self) -> bool:
        return self.status in WAITS_IN

    @property
    def waits_for_parts(self) -> bool:
        return self.parts_awaited_since is not None

    def held_up(self, stage: Stage) -> Stage:
        """The stage while parts are not here. What is the customer's to do comes before it."""
        if not self.waits_for_parts or stage.turn != Turn.WORKSHOP:
            return stage
        if not self.parts_expected_on:
            return PARTS._replace(news=stage.news)
        day = {"day": date_format(self.parts_expected_on)}
        return Stage(
            Turn.WORKSHOP,
            _("Our turn: we wait for parts, expected on %(day)s") % day,
            _("parts, expected on %(day)s") % day,
            stage.news,
        )
