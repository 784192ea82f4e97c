"""Somebody behind a router like Heroku's, who browses, logs in and orders."""

from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.request import BaseHandler, HTTPCookieProcessor, Request, build_opener

from repairshop.demo.people import PASSWORD
from tests.browsing import Visitor
from tests.processes import Process
from tests.rehearsal.machine import say
from tests.shop_walk import buy, log_in

HOST = "shop.example.com"


class Router(BaseHandler):
    """Ends TLS in front of the dyno, and says so in the headers that Heroku's router sets."""

    def http_request(self, request: Request) -> Request:
        request.add_unredirected_header("Host", HOST)
        request.add_unredirected_header("X-Forwarded-For", "192.0.2.7")
        request.add_unredirected_header("X-Forwarded-Proto", "https")
        request.add_header("Referer", f"https://{HOST}/")
        return request


class Caller(Visitor):
    def __init__(self, site: Process) -> None:
        super().__init__(site)
        # What the browser has been given over TLS; this is the other side of the router.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self.opener = build_opener(HTTPCookieProcessor(CookieJar(policy)), Router())


def walk(site: Process, email: str) -> None:
    """Browse, log in and order; a page that answers otherwise ends the rehearsal."""
    visitor = Caller(site)
    for path in ("/", "/store/", "/workshop/", "/robots.txt", "/accounts/register/"):
        page = visitor.get(path)
        assert page.status == 200, f"{path} answered {page.status}"
    style = next(str(link["href"]) for link in visitor.get("/").soup.select("link[rel=stylesheet]"))
    assert visitor.get(style).kind.startswith("text/css"), f"{style} is no style sheet"
    log_in(visitor, email, PASSWORD)
    order = buy(visitor)
    assert "IBAN" in order.text, order.text
    say(f"  {email} has looked around, logged in and ordered: {order.path.split('/')[1]}/…")
