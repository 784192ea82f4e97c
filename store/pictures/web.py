"""Fetch a file from the web for which somebody else has given the address.

Whoever gives it may try to reach with it what only this machine can: services on its own
network, the metadata of its host (server-side request forgery, OWASP). So a name is resolved
once, the address is judged, and exactly that address is connected to.
"""

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS_FOR_ALL = 10
SECONDS_FOR_STEP = 4
REDIRECTS = 3
BYTES_AT_ONCE = 1 << 16
MOVED = {301, 302, 303, 307, 308}
# Answers after which another try may do better.
BUSY = {408, 425, 429, *range(500, 600)}
GONE = {404, 410}
LONGEST_URL = 2000
# All that is given out of IPv6 for single hosts so far.
UNICAST = ipaddress.IPv6Network("2000::/3")
# Its last bits are an address of IPv4 (RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SAFE_IN_URL = "%/:=&?~#+!$,;'@()*[]"


class FetchRefused(Exception):
    """Nothing is fetched from there; the message is a sentence for staff."""


class FetchFailed(Exception):
    """It could not be had just now; the message is a sentence for staff."""


@dataclass(frozen=True)
class Place:
    """Where to connect, and what to ask for there."""

    parts: SplitResult
    host: str
    port: int
    address: str

    @property
    def is_secure(self) -> bool:
        return self.parts.scheme == "https"

    @property
    def target(self) -> str:
        path = quote(self.parts.path or "/", safe=SAFE_IN_URL)
        query = quote(self.parts.query, safe=SAFE_IN_URL)
        return f"{path}?{query}" if query else path


def fetch(url: str, *, most_bytes: int) -> bytes:
    """The content behind an http(s) address. Raises FetchRefused, FetchFailed.

    All of it takes SECONDS_FOR_ALL at most. Redirects are judged like the first address.
    """
    end = monotonic() + SECONDS_FOR_ALL
    for _redirect in range(REDIRECTS + 1):
        content = answer_from(place_of(url), most_bytes, end)
        if isinstance(content, bytes):
            return content
        url = address_after(url, content)
    raise FetchRefused(_("This address leads on and on."))


def address_after(url: str, location: str) -> str:
    """Where a redirect leads, which the server there words as it likes. Raises FetchRefused."""
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchRefused(_("This address leads to no address on the web.")) from None


def place_of(url: str) -> Place:
    """Judge an address and resolve its name. Raises FetchRefused, FetchFailed."""
    if len(url) > LONGEST_URL:
        raise FetchRefused(_("This address is too long."))
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise FetchRefused(_("This is not an address of a picture on the web.")) from None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise FetchRefused(_("This is not an address of a picture on the web."))
    if not is_named(host):
        raise FetchRefused(_("Pictures are not fetched from there: see PICTURES_FROM."))
    addresses = addresses_of(host, port)
    trusted = f"{host}:{port}" in settings.PICTURES_FROM_PRIVATE_ADDRESSES
    if not trusted and not all(map(is_public, addresses)):
        raise FetchRefused(_("This address leads into a private network."))
    return Place(parts, host, port, addresses[0])


def is_named(host: str) -> bool:
    """Whether pictures may come from a host: by its name, or a part of it after a dot."""
    names = settings.PICTURES_FROM
    return not names or any(host == name or host.endswith(f".{name}") for name in names)


def addresses_of(host: str, port: int) -> list[str]:
    """Resolve a name, in a thread that nobody waits for longer: resolvers know no time-out."""
    found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            infos = []
        found.put([str(info[4][0]) for info in infos])

    threading.Thread(target=resolve, name="resolve-picture", daemon=True).start()
    with suppress(queue.Empty):
        if addresses := found.get(timeout=SECONDS_FOR_STEP):
            return addresses
    raise FetchFailed(_("There is no such place on the web just now."))


def is_public(address: str) -> bool:
    """Whether anybody may reach an address, and not only this machine or its neighbours."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if inner := inner_of(ip):
            return is_public(str(inner))
        return ip in UNICAST and ip.is_global and not ip.is_multicast
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def inner_of(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which one of IPv6 leads."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    if ip.teredo:
        return ip.teredo[1]
    return ip.ipv4_mapped or ip.sixtofour


def answer_from(place: Place, most_bytes: int, end: float) -> bytes | str:
    """The content there, or the address to which it leads. Raises FetchRefused, FetchFailed."""
    try:
        with closing(Line(place, end)) as line:
            answer = line.ask()
            if answer.status in MOVED and (further := answer.getheader("Location")):
                return further
            check_status(answer.status)
            content = read(answer, most_bytes)
    except ssl.SSLCertVerificationError as problem:
        raise FetchRefused(_("The certificate of this address is not valid.")) from problem
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise FetchFailed(_("The server there does not answer as it should.")) from problem
    if monotonic() >= end:
        # What was cut off may look whole.
        raise FetchFailed(_("The server there takes too long."))
    return content


class Line:
    """A connection to a place, which is cut when its time is over, whatever it is doing."""

    def __init__(self, place: Place, end: float) -> None:
        self.place = place
        left = max(0.1, min(SECONDS_FOR_STEP, end - monotonic()))
        self.socket = socket.create_connection((place.address, place.port), timeout=left)
        self.scissors = threading.Timer(max(0.1, end - monotonic()), self.cut)
        self.scissors.daemon = True
        self.scissors.start()

    def ask(self) -> http.client.HTTPResponse:
        kind: type[http.client.HTTPConnection] = http.client.HTTPConnection
        if self.place.is_secure:
            kind = http.client.HTTPSConnection
            self.socket = ssl.create_default_context().wrap_socket(
                self.socket, server_hostname=self.place.host, do_handshake_on_connect=False
            )
            self.socket.do_handshake()
        connection = kind(self.place.host, self.place.port)
        # It would resolve the name once more, and get another address.
        connection.sock = self.socket
        headers = {"Accept": "image/*", "User-Agent": "repairshop", "Connection": "close"}
        connection.request("GET", self.place.target, headers=headers)
        return connection.getresponse()

    def cut(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.scissors.cancel()
        self.socket.close()


def check_status(status: int) -> None:
    told = {"status": status}
    if status in BUSY:
        raise FetchFailed(_("The server there answers %(status)d.") % told)
    if status in GONE:
        raise FetchRefused(_("There is no picture any more at this address."))
    if status != http.client.OK:
        raise FetchRefused(_("The server there answers %(status)d.") % told)


def read(answer: http.client.HTTPResponse, most_bytes: int) -> bytes:
    content = bytearray()
    too_large = FetchRefused(
        _("This picture is larger than %(limit)d MB.") % {"limit": most_bytes // 1_000_000}
    )
    if (answer.length or 0) > most_bytes:
        raise too_large
    while chunk := answer.read(BYTES_AT_ONCE):
        content += chunk
        if len(content) > most_bytes:
            raise too_large
    return bytes(content)
