import pytest
from django.test import Client

from accounts.models import User
from repairshop.models import Heartbeat

LIST = "/admin/repairshop/heartbeat/"


@pytest.fixture
def heartbeat(db: None) -> Heartbeat:
    return Heartbeat.objects.create(process="web.1:42", last_error="release_lapsed_holds: no")


def test_a_superuser_sees_heartbeats(admin_client: Client, heartbeat: Heartbeat) -> None:
    page = admin_client.get(LIST)

    assert "web.1:42" in page.content.decode()
    assert "release_lapsed_holds: no" in page.content.decode()


@pytest.mark.parametrize("action", ["add/", "{pk}/delete/"])
def test_nobody_writes_them(admin_client: Client, heartbeat: Heartbeat, action: str) -> None:
    address = LIST + action.format(pk=heartbeat.pk)

    assert admin_client.post(address, {"post": "yes"}).status_code == 403
    assert Heartbeat.objects.count() == 1


def test_shop_staff_do_not_see_them(client: Client, sam: User, heartbeat: Heartbeat) -> None:
    client.force_login(sam)

    assert client.get(LIST).status_code == 403


def test_anonymous_visitors_are_sent_to_the_log_in(client: Client, heartbeat: Heartbeat) -> None:
    assert client.get(LIST).status_code == 302
