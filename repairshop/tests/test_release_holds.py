from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from bag.services import hold_pieces
from repairshop import timer
from repairshop.models import Heartbeat
from store.models import Item, Piece

# A job closes connections that it finds inside of a test's own transaction.
pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]


def test_it_says_how_many_holds_it_released(
    clock: Item, capsys: pytest.CaptureFixture[str]
) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    Piece.objects.update(held_until=Now() - timedelta(seconds=1))

    call_command("release_holds")
    call_command("release_holds")

    assert capsys.readouterr().out == "1 hold released.\n0 holds released.\n"


def test_it_leaves_holds_alone_that_still_run(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")

    call_command("release_holds")

    assert Piece.objects.get().held_by == "alice"
    assert not Heartbeat.objects.exists()


def test_it_does_what_it_can_and_fails_when_a_job_failed(
    clock: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burns() -> int:
        raise RuntimeError("no paper")

    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    Piece.objects.update(held_until=Now() - timedelta(seconds=1))
    monkeypatch.setattr(timer, "JOBS", [burns, *timer.JOBS])

    with pytest.raises(CommandError, match="burns: RuntimeError: no paper"):
        call_command("release_holds")
    assert Piece.objects.get().held_by is None


def test_a_host_starts_it_as_a_worker() -> None:
    """As test_running.py and test_task_queue.py run them; Heroku starts `web` alone by itself."""
    lines = (settings.BASE_DIR / "Procfile").read_text().splitlines()

    assert dict(line.split(": ", 1) for line in lines) == {
        "release": "python manage.py migrate --no-input",
        "web": "gunicorn repairshop.wsgi",
        "worker": "python manage.py release_holds --loop",
        "tasks": "python manage.py run_tasks",
    }
