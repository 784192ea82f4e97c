"""No page and no mail of a customer says an English word in German or French."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin import site
from django.contrib.admin.utils import flatten, flatten_fieldsets, label_for_field
from django.test import Client
from django.urls import get_resolver
from django.utils.translation import override

from accounts.models import User
from store.models import ShopProfile
from tests.everything import addresses_of, in_addresses, live, routes
from tests.letters import write_all
from typed.languages import of_address

# Of which no sentence has long none, and which neither language has, nor what the tests type.
ENGLISH = frozenset(
    ["your", "you", "and", "with", "this", "please", "are", "we", "our", "when", "which", "from"]
)
# By the tests, in English.
TYPED = {"You pay, we pack.", "We see to it.", "We cancel it.", "See you."}
# Staff's, what nobody reads, and the copies of mails that were written before.
NOT_READ = re.compile(
    r"^/(admin|csp-report|\.well-known|healthz|favicon)|/my-data/|\^|logout|/stripe/"
)


@pytest.fixture(params=["de", "fr"])
def language(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """Pages are read in one of them: what is in no catalogue is English in both."""
    shop = ShopProfile.get_solo()
    # What owners write is theirs to say in each language.
    shop.further_languages, shop.tagline = ["de", "fr"], "1880"
    shop.save()
    token = of_address.set(request.param)
    yield request.param
    of_address.reset(token)


# Of staff: wordings, which are in the main language; and mails that were written before, with what
# leads to them.
KEPT = re.compile(r"^/admin/(mail|accounts/user/N/change|people/N)/")
# Chapters of docs/deploying.md.
PAPERS = re.compile(r"Cards and mails|Backups")


def english_in(text: str) -> list[str]:
    """The lines that have such a word, other than in an address: a secret may well spell one."""
    text = re.sub(r"https?://\S+", "", text)
    lines = {" ".join(line.split()) for line in text.splitlines()} - TYPED
    return [line for line in lines if ENGLISH & {*re.findall(r"[^\W\d_]+", line.lower())}]


def pages_in(language: str) -> list[str]:
    with override(language):
        known = in_addresses()
        read = [route for route in routes(get_resolver()) if not NOT_READ.search(route)]
    return [each for route in read for each in addresses_of(route, known)]


def seen_on(page: bytes) -> str:
    html = BeautifulSoup(page, "html.parser")
    # What is marked as English is what an owner has said in no other language.
    for hidden in html.select("script, style, [lang=en]"):
        hidden.decompose()
    read = [str(each[name]) for name in ("alt", "title", "aria-label", "placeholder")
            for each in html.select(f"[{name}]")]  # fmt: skip
    return "\n".join([html.get_text(" "), *read])


@pytest.mark.many_acts
@pytest.mark.parametrize("language", ["de"], indirect=True)
def test_pages_say_no_english_word(
    client: Client, alice: User, language: str, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    live(client, alice)
    # Says once what was done just now, in English.
    client.get("/")

    left, read = {}, 0
    for address in pages_in(language):
        answer = client.get(address)
        if answer.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
            read += 1
            if said := english_in(seen_on(answer.content)):
                left[address] = said
    assert read > 30
    assert left == {}


@pytest.mark.many_acts
@pytest.mark.parametrize("language", ["fr"], indirect=True)
def test_pages_of_staff_say_no_english_word(
    client: Client, admin_client: Client, alice: User, language: str, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    live(client, alice)
    User.objects.update(language=language)

    found = dict(pages_of_staff(admin_client))
    left = {address: said for address, page in found.items() if (said := english_in(page))}
    assert len(found) > 60
    assert left == {}


def pages_of_staff(client: Client) -> Iterator[tuple[str, str]]:
    """What each kind of page says that links lead to, from the front desk on."""
    waiting, known = ["/admin/"], set()
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"\d+", "N", address.partition("?")[0])
        if kind in known or KEPT.search(kind):
            continue
        known.add(kind)
        answer = client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield address, PAPERS.sub("", seen_on(answer.content))
            waiting += re.findall(r'href="(/admin/[^"#]*)"', answer.content.decode())


@pytest.mark.many_acts
def test_mails_say_no_english_word(alice: User, language: str) -> None:
    alice.language = language
    alice.save()

    with override(language):
        letters = write_all(alice)

    left = {
        event: said
        for event, mail in letters.items()
        if not event.endswith(("_shop", "_workshop"))
        and (said := english_in(f"{mail.subject}\n{mail.text}"))
    }
    assert left == {}


# What is called the same in German, and what nobody sees of Django's own account.
SAME_NAME = {"IBAN", "BIC", "PDF", "Message-ID", "ID", "id", "Status"}
HIDDEN = {"username", "first_name", "last_name"}


def named_in(language: str) -> dict[str, str]:
    """What the admin's pages call their columns and fields."""
    found = {}
    with override(language):
        for page in site._registry.values():
            for each in [page, *(inline(page.model, site) for inline in page.inlines)]:
                shown = [*getattr(each, "list_display", ()), *flatten([*each.readonly_fields])]
                for name in {*shown, *flatten_fieldsets(each.fieldsets or ())} - HIDDEN:
                    with suppress(AttributeError):
                        label = label_for_field(name, each.model, each)
                        found[f"{type(each).__name__}.{name}"] = str(label)
    return found


def test_columns_and_fields_of_staff_have_names() -> None:
    german, english = named_in("de"), named_in("en")

    assert len(german) > 200
    alike = {german[key] for key in german if german[key] == english[key]}
    # The last is django-axes'.
    assert alike - SAME_NAME == {"access attempt expiration"}
