from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.tests.factories import mails_sent
from mail.models import Mail
from repairshop.demo import pictures


@pytest.mark.many_acts
@pytest.mark.bare_shop
@pytest.mark.django_db(transaction=True)
def test_nobody_gets_mail(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path
    monkeypatch.setattr(pictures, "PIXELS_PER_INCH", 6)
    call_command("demo", stdout=StringIO())

    assert mails_sent() == []
    assert Mail.objects.filter(state=Mail.State.SENT).exists()
