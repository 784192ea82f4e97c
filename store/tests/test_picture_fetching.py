"""Pictures by address: from public addresses only, in bounded time and size, under the timer."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from django.db.models.functions import Now

from store.models import Item, ItemImage, PictureFetch
from store.pictures import fetching, images, web
from store.pictures.fetching import PAUSES, PICTURES_A_ROUND, fetch_pictures
from store.pictures.web import FetchFailed, FetchRefused, fetch, is_public, place_of
from store.tests.factories import make_item
from store.tests.pictures import picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = 100_000
UNSPECIFIED = ".".join("0000")


class Pictures(BaseHTTPRequestHandler):
    """A server that does what its paths are called."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.strip("/").partition("?")[0]
        getattr(self, f"send_{name}", self.send_picture)()

    def answer(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(content)

    def send_picture(self) -> None:
        self.answer(picture_bytes())

    def send_page(self) -> None:
        self.answer(b"<html>Not found</html>")

    def send_gone(self) -> None:
        self.answer(b"", 404)

    def send_busy(self) -> None:
        self.answer(b"", 503)

    def send_moved(self) -> None:
        self.answer(b"", 302, Location="/picture")

    def send_inwards(self) -> None:
        self.answer(b"", 302, Location="http://127.0.0.2/picture")

    def send_scheme(self) -> None:
        self.answer(b"", 302, Location="file:///etc/hosts")

    def send_nowhere(self) -> None:
        self.answer(b"", 302, Location="http://[")

    def send_round(self) -> None:
        self.answer(b"", 301, Location="/round")

    def send_said(self) -> None:
        self.answer(b"", 200, **{"Content-Length": str(LARGE + 1)})

    def send_endless(self) -> None:
        self.answer(b"x" * (LARGE + 1))

    def send_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _second in range(200):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def send_silent(self) -> None:
        time.sleep(3)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def server() -> Iterator[str]:
    Pictures.asked.clear()
    running = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()


@pytest.fixture
def there(settings: Any) -> Iterator[str]:
    with server() as place:
        settings.PICTURES_FROM_PRIVATE_ADDRESSES = [place]
        yield f"http://{place}"


@pytest.fixture(autouse=True)
def files_of_tests(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def wish(url: str, item: Item | None = None, **fields: Any) -> PictureFetch:
    return PictureFetch.objects.create(item=item or make_item(title="Jug"), url=url, **fields)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", UNSPECIFIED, "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
        *("2001:db8::1", "64:ff9b:1::1", "100::1"),
    ],
)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_an_address_that_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/x.jpg", "http://localhost/x.jpg", "http://[::1]/x.jpg"),
        *("http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"),
        *("http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data/"),
    ],
)
def test_a_private_address_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises((FetchRefused, FetchFailed)) as refusal:
        place_of(url)

    if isinstance(refusal.value, FetchRefused):
        assert "leads into a private network" in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://example.com/x.jpg", "gopher://example.com/", "x.jpg", ""),
        *("http://", "http://user:secret@example.com/", "http://example.com:99999/", "//a/b"),
        *("http://[::1/x", "data:image/png;base64,AAAA", "http://" + "a" * 70 + ".example/"),
    ],
)
def test_what_is_no_address_of_a_picture_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url, most_bytes=LARGE)


def resolved(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to one answer after the other; return where is connected to."""
    remaining, connected = list(answers), []

    def getaddrinfo(host: str, port: int, **options: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in remaining.pop(0)]

    def create_connection(address: tuple[str, int], **options: Any) -> Any:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    return connected


def test_a_name_that_changes_its_address_gets_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = resolved(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])

    with pytest.raises(FetchFailed):
        fetch("http://rebind.example/x.jpg", most_bytes=LARGE)

    assert connected == ["93.184.216.34"]


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = resolved(monkeypatch, ["93.184.216.34", "10.0.0.1"])

    with pytest.raises(FetchRefused, match="private network"):
        fetch("http://both.example/x.jpg", most_bytes=LARGE)

    assert connected == []


def test_a_name_that_nobody_knows_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch, [])

    with pytest.raises(FetchFailed, match="no such place"):
        fetch("http://unknown.example/x.jpg", most_bytes=LARGE)


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = threading.Event()
    monkeypatch.setattr(web, "SECONDS_FOR_STEP", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: hangs.wait(10) and [])

    with pytest.raises(FetchFailed):
        fetch("http://slow.example/x.jpg", most_bytes=LARGE)
    hangs.set()


def test_a_picture_comes_in(there: str) -> None:
    item = make_item(title="Pewter jug")
    wish(f"{there}/picture", item, position=2)
    wish(f"{there}/other?x=ä b", item, alt_text="From below", position=1)

    assert fetch_pictures() == 2

    first, second = item.images.all()
    assert (first.alt_text, second.alt_text) == ("From below", "Pewter jug")
    assert (first.width, first.height) == (60, 40)
    assert set(PictureFetch.objects.values_list("state", flat=True)) == {"fetched"}
    assert fetch_pictures() == 0


def test_only_so_many_come_in_at_a_time(there: str) -> None:
    for number in range(PICTURES_A_ROUND + 1):
        wish(f"{there}/{number}")

    assert fetch_pictures() == PICTURES_A_ROUND
    assert fetch_pictures() == 1


def test_a_round_ends_in_time(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS_A_ROUND", -1)
    wish(f"{there}/picture")

    assert fetch_pictures() == 0
    assert Pictures.asked == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("page", "This is not a JPEG, PNG"),
        ("gone", "There is no picture any more"),
        ("inwards", "This address leads into a private network."),
        ("scheme", "This is not an address of a picture"),
        ("nowhere", "This address leads to no address on the web."),
        ("round", "This address leads on and on."),
    ],
)
def test_a_refusal_is_final_and_has_its_reason(there: str, path: str, reason: str) -> None:
    wanted = wish(f"{there}/{path}")

    assert fetch_pictures() == 0

    wanted.refresh_from_db()
    assert wanted.state == "refused"
    assert reason in wanted.reason
    assert not ItemImage.objects.exists()


def test_without_the_setting_loopback_is_refused(there: str, settings: Any) -> None:
    settings.PICTURES_FROM_PRIVATE_ADDRESSES = []
    wanted = wish(f"{there}/picture")

    fetch_pictures()

    wanted.refresh_from_db()
    assert (wanted.state, Pictures.asked) == ("refused", [])


def test_a_redirect_is_followed_to_where_one_may_go(there: str) -> None:
    wish(f"{there}/moved")

    assert fetch_pictures() == 1


@pytest.mark.parametrize("path", ["said", "endless"])
def test_what_is_too_large_is_refused(there: str, path: str) -> None:
    with pytest.raises(FetchRefused, match="larger than"):
        fetch(f"{there}/{path}", most_bytes=LARGE)


@pytest.mark.parametrize("path", ["drip", "silent"])
def test_a_server_that_takes_its_time_is_cut_off(
    there: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SECONDS_FOR_ALL", 0.5)
    begun = time.monotonic()

    with pytest.raises(FetchFailed):
        fetch(f"{there}/{path}", most_bytes=LARGE)

    assert time.monotonic() - begun < 2


def test_what_fails_is_tried_again_after_a_pause_and_then_given_up(there: str) -> None:
    wanted = wish(f"{there}/busy")
    for _try in PAUSES:
        fetch_pictures()
        wanted.refresh_from_db()
        assert wanted.state == "waiting"
        assert fetch_pictures() == 0
        PictureFetch.objects.update(next_try_at=Now())

    fetch_pictures()

    wanted.refresh_from_db()
    assert (wanted.state, wanted.reason) == ("refused", "The server there answers 503.")
    assert len(Pictures.asked) == len(PAUSES) + 1


def test_a_full_disk_is_no_fault_of_the_picture(
    there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **options: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "write", full)
    wanted = wish(f"{there}/picture")

    fetch_pictures()

    wanted.refresh_from_db()
    assert wanted.state == "waiting"


def test_a_fault_that_nobody_thought_of_costs_its_own_picture_only(
    there: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fetched(url: str, **options: Any) -> bytes:
        return fetch(url, **options) if url.endswith("/picture") else bytes([1 // 0])

    monkeypatch.setattr(fetching, "fetch", fetched)
    odd, good = wish(f"{there}/odd"), wish(f"{there}/picture")

    assert fetch_pictures() == 1
    assert f"Picture {odd.pk} cannot be taken" in caplog.text
    for _try in PAUSES:
        PictureFetch.objects.update(next_try_at=Now())
        fetch_pictures()

    odd.refresh_from_db()
    good.refresh_from_db()
    assert (odd.state, odd.reason) == ("refused", "This picture could not be taken.")
    assert (odd.tries, good.state) == (len(PAUSES) + 1, "fetched")


def test_two_processes_fetch_a_picture_once(there: str) -> None:
    wanted = wish(f"{there}/picture")
    assert fetching.claim(wanted.pk)

    assert fetching.claim(wanted.pk) is None
    assert fetch_pictures() == 0


def test_who_was_too_slow_adds_nothing(there: str, settings: Any) -> None:
    claimed = fetching.claim(wish(f"{there}/picture").pk)
    assert claimed
    PictureFetch.objects.update(next_try_at=Now() - timedelta(minutes=1))
    assert fetch_pictures() == 1

    assert fetching.take(claimed) is False

    assert ItemImage.objects.count() == 1
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 3


def test_an_item_that_is_gone_wants_no_picture(there: str) -> None:
    wanted = wish(f"{there}/picture")
    # As the version before this one deletes it, which does not know of pictures to fetch.
    wanted.item.pieces.all().delete()
    Item.objects.filter(pk=wanted.item_id)._raw_delete("default")

    assert fetch_pictures() == 0
    assert not PictureFetch.objects.exists()
