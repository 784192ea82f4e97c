"""Tables are emptied after the last answer of a test, not in the midst of it."""

from threading import Event, Thread

from django.core.signals import request_finished, request_started

from tests.conftest import Answering


def test_a_request_is_waited_for_until_it_is_answered() -> None:
    answering, asked, go_on = Answering(), Event(), Event()

    def answer() -> None:
        request_started.send(sender=None)
        asked.set()
        go_on.wait(timeout=30)
        request_finished.send(sender=None)

    thread = Thread(target=answer)
    thread.start()
    assert asked.wait(timeout=30)
    assert answering.is_any()
    go_on.set()
    assert answering.come_to_their_end()
    thread.join()
    assert not answering.threads
