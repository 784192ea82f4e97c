"""Gives a guest with a bag the page that is kept for everybody, with what is theirs put into it.

That is how much is in their bag and saved, and the reminder that time is running out. Whoever has
an account, a message to read, an order to pay or a country chosen is made a page of their own.
"""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from accounts.cookies import cookie_name
from bag.session import SAVED, Bag
from bag.time_left import remind_at
from repairshop.compression import PADDING, CompressionMiddleware
from repairshop.cookies import MESSAGES, names_before
from repairshop.languages import speaking_at
from repairshop.sessions import SessionStore
from store.hold_time import hold_minutes
from store.page_cache.pages import KeptPage
from store.statements import on_any_connection
from store.templatetags.cached import rendered
from typed.languages import split_language

IN_SESSION = {"bag", SAVED}
BODY_END = "\n    </body>"
# Headers of what is kept that are not those of what is sent.
OF_THE_PAGE = {"ETag", "Cache-Control", "Content-Encoding", "Content-Length", PADDING}
COMPRESSING = CompressionMiddleware(lambda request: HttpResponse())


def personal_cookies() -> set[str]:
    """Those on which pages depend, and their names of the release before."""
    names, before = {settings.SESSION_COOKIE_NAME, cookie_name(MESSAGES)}, names_before()
    return names | {before[name] for name in names}


def guest_of(request: HttpRequest) -> Bag | None:
    """The bag of somebody of whom the shop knows nothing else, and on whom nothing waits."""
    if personal_cookies() & {*request.COOKIES} != {settings.SESSION_COOKIE_NAME}:
        return None
    session = SessionStore(request.COOKIES[settings.SESSION_COOKIE_NAME])
    try:
        with on_any_connection():
            found = {*session.keys()}
            # It is not read twice.
            request.session = session
            if not found or not found <= IN_SESSION:
                return None
            request.user = AnonymousUser()
            bag = Bag(request)
            return None if bag.kept else bag
    except Error:
        # Whoever makes the page says so.
        return None


def as_stranger(request: HttpRequest) -> HttpRequest:
    """The same request of a browser that was never here."""
    return WSGIRequest({**request.META, "HTTP_COOKIE": ""})


def filled_in(request: HttpRequest, page: KeptPage, bag: Bag) -> HttpResponse | None:
    """The page with the guest's numbers; None if something on it is saved, as its button says."""
    text = page.text
    with speaking_at(split_language(request.path_info)[0]):
        if any(f'"{reverse("bag:save", args=[pk])}"' in text for pk in bag.saved):
            return None
        text = text.replace(links(0, 0), links(len(bag), len(bag.saved)), 1)
        if len(bag):
            text = text.replace(BODY_END, reminder(bag) + BODY_END)
    response = HttpResponse(text)
    for name, value in page.headers:
        if name not in OF_THE_PAGE:
            response[name] = value
    patch_cache_control(response, private=True)
    response["Content-Length"] = str(len(response.content))
    COMPRESSING.process_response(request, response)
    return response


def links(count: int, saved: int) -> str:
    return rendered("bag/_links.html", get_language(), (("count", count), ("saved", saved)))


def reminder(bag: Bag) -> str:
    """What is the same for all is made once, with a mark where each number stands."""
    numbers = {"held": len(bag), "ended": bag.ended, "seconds_left": bag.seconds_left}
    shop = (("hold_minutes", hold_minutes()), ("remind_at", remind_at()))
    marks = tuple((name, f"{{{name}}}") for name in numbers)
    text: str = rendered("bag/_reminder.html", get_language(), (*shop, *marks))
    for name, number in numbers.items():
        text = text.replace(f"{{{name}}}", str(number))
    return text
