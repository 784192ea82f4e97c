"""A browser that does as little as possible itself, for load and for crowds."""

import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *(\w+)=([^;]*)([^\r]*)", re.IGNORECASE)
# The last chunk, after the end of the one before.
END = b"\r\n0\r\n\r\n"


@dataclass(eq=False)
class Visitor:
    """A browser: one connection and its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    # Further lines of each request, and the first ones of the last answer.
    headers: str = field(default="", init=False)
    head: bytes = field(default=b"", init=False)

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def send(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        """Send a request and read the answer; return status and body."""
        self.ask(method, path, body)
        return self.answer()

    def ask(self, method: str, path: str, body: str = "") -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        request += self.headers
        if method == "POST":
            request += "Origin: http://localhost\r\n"
        if body:
            kind = "application/x-www-form-urlencoded"
            request += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        self.socket.sendall(f"{request}\r\n{body}".encode())

    def upload(
        self, path: str, fields: Mapping[str, str], name: str, files: Iterable[tuple[str, bytes]]
    ) -> None:
        """Send a form with files, all under one field's name, without waiting for the answer."""
        edge = secrets.token_hex(16)
        part = f"--{edge}\r\nContent-Disposition: form-data; name="
        body = "".join(f'{part}"{field}"\r\n\r\n{fields[field]}\r\n' for field in fields).encode()
        for shown, content in files:
            quoted = shown.translate({34: "%22", 13: "%0D", 10: "%0A"})
            head = f'{part}"{name}"; filename="{quoted}"\r\nContent-Type: image/jpeg\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        body += f"--{edge}--\r\n".encode()
        usual = self.headers
        self.headers += f"Content-Type: multipart/form-data; boundary={edge}\r\n"
        self.headers += f"Content-Length: {len(body)}\r\n"
        self.ask("POST", path)
        self.headers = usual
        self.socket.sendall(body)

    def answer(self) -> tuple[int, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.read()
        self.head, content = received.split(b"\r\n\r\n", 1)
        length = int(match[1]) if (match := LENGTH.search(self.head)) else 0
        while len(content) < length:
            content += self.read()
        # What is streamed, or answers outside of Django's middleware, does not say how long it is.
        if b"\r\nTransfer-Encoding: chunked" in self.head:
            chunks = bytearray(content)
            while (b"\r\n" + chunks[-len(END) :])[-len(END) :] != END:
                chunks += self.read()
            content = bytes(chunks)
        for name, value, rest in COOKIE.findall(self.head):
            self.cookies[name.decode()] = value.decode()
            if b"Max-Age=0" in rest:
                del self.cookies[name.decode()]
        return int(self.head[9:12]), content

    def read(self) -> bytes:
        received = self.socket.recv(1 << 17)
        if not received:
            raise ConnectionError("The server has closed the connection.")
        return received

    def get(self, path: str) -> bytes:
        status, content = self.send("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return content

    def post(self, path: str) -> None:
        """Press a button; the answer must be a redirect."""
        # A page that everybody is given has no token: browsers say where a form comes from.
        token = self.cookies.get("csrftoken", "")
        status, _ = self.send("POST", path, f"csrfmiddlewaretoken={token}&quantity=1")
        if status != 302:
            raise RuntimeError(f"{path} answered {status}")
