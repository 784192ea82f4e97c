import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_a_cookie_with_a_nul_is_no_session(client: Client) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "\0abcdefghijk"

    assert client.get(reverse("bag:detail")).status_code == 200
