"""Mails about a person's account."""

from typing import Any

from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from accounts.linked import LinkMixin
from accounts.models import User
from accounts.password_links import password_links
from mail.outbox import MailEvent, enqueue_mail, register
from mail.wordings import Placeholder
from typed.languages import reverse_in, visitors_language

# A stranger may have typed the name.
NAME = Placeholder(
    _("the name of who is written to"), "{% if not user.is_strangers %}{{ user.name }}{% endif %}"
)
OWNER = _("whoever has the account")
CHECK_PAGE = '{{ site }}{% url "accounts:check" token=token %}'
RESET_PAGE = '{{ site }}{% url "accounts:password_reset_confirm" uidb64=uid token=token %}'
# For whoever has an account, and does not get in.
WAY_IN = {
    "name": NAME,
    "reopens": Placeholder(
        _("that the account opens again, if its owner has closed it"),
        '{% include "accounts/mail/_reopens.txt" %}',
    ),
    "link": Placeholder(_("where a new password is chosen"), RESET_PAGE),
}

register(
    MailEvent(
        "accounts.email_changed",
        when=_("Somebody has changed the e-mail address of an account"),
        to=_("the old address"),
        seen_with="accounts.view_user",
        placeholders={
            "name": Placeholder(
                NAME.meaning, "{% if not is_strangers %}{{ user.name }}{% endif %}"
            ),
            "email": Placeholder(_("the new e-mail address"), "{{ user.email }}"),
            "undo": Placeholder(
                _("where the change is taken back, if it can be"),
                '{% include "accounts/mail/_undo.txt" %}',
            ),
        },
        about="{{ user.email }}",
        needed=["undo"],
        button="{{ undo }}",
        sensitive=True,
    ),
    MailEvent(
        "accounts.check",
        when=_("Somebody has opened an account, or given one another address"),
        to=_("the address that was given"),
        seen_with="accounts.view_user",
        placeholders={"link": Placeholder(_("where the address is checked"), CHECK_PAGE)},
        about="{{ to }}",
        needed=["link"],
        sensitive=True,
        yields=True,
    ),
    MailEvent(
        "accounts.taken",
        when=_("Somebody gave an address for an account that has one already"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders=WAY_IN,
        about="{{ user.email }}",
        needed=["link"],
        sensitive=True,
        yields=True,
    ),
    MailEvent(
        "accounts.deactivated",
        when=_("Somebody has closed the account"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders={"name": NAME},
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.erased",
        when=_("What was kept about somebody is erased, as they asked"),
        to=_("the address that was kept until then"),
        seen_with="accounts.view_user",
        placeholders={
            "home": Placeholder(_("the front page of the shop"), "{{ site }}/"),
        },
        about="",
        sensitive=True,
    ),
    MailEvent(
        "accounts.factor_changed",
        when=_("A second factor of an account was added, taken away or stood in for"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders={"name": NAME, "what": Placeholder(_("what was done"), "{{ what }}")},
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.my_data",
        when=_("Somebody asks what is kept about an e-mail address, and something is"),
        to=_("that address"),
        seen_with="accounts.view_user",
        placeholders={"link": Placeholder(_("where it is read"), "{{ site }}{{ path }}")},
        about="{{ to }}",
        needed=["link"],
        sensitive=True,
        yields=True,
    ),
    MailEvent(
        "accounts.new_link",
        when=_("Somebody has come by a link that is too old, and asks for a new one"),
        to=_("whose order, invoice, quote or ticket it is"),
        seen_with="accounts.view_user",
        placeholders={
            "name": Placeholder(_("the name of who is written to"), "{{ row.link_owner.name }}"),
            "reference": Placeholder(_("what it leads to"), "{{ row.reference }}"),
            "link": Placeholder(_("the new link"), "{{ site }}{{ row.link_address }}"),
        },
        about="{{ row.reference }}",
        needed=["link"],
        sensitive=True,
    ),
    MailEvent(
        "accounts.new_browser",
        when=_("Somebody has logged in with a browser that was not known before"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders={
            "name": NAME,
            "browser": Placeholder(_("the browser and the system"), "{{ browser }}"),
            "address": Placeholder(_("the address on the internet"), "{{ address }}"),
        },
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.password_changed",
        when=_("An account has a new password"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders={"name": NAME},
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.password_link",
        when=_("Staff have opened an account for somebody, or let them choose a new password"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders={
            "name": NAME,
            "link": Placeholder(
                _("where a password is chosen"),
                RESET_PAGE,
            ),
        },
        about="{{ user.email }}",
        needed=["link"],
        sensitive=True,
    ),
    MailEvent(
        "accounts.password_reset",
        when=_("Somebody has asked for a new password"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders=WAY_IN,
        about="{{ user.email }}",
        needed=["link"],
        sensitive=True,
        yields=True,
    ),
    MailEvent(
        "accounts.welcome",
        when=_("An account is open: its owner has followed the link"),
        to=OWNER,
        seen_with="accounts.view_user",
        placeholders={
            "name": NAME,
            "link": Placeholder(
                _("where the account is seen"), '{{ site }}{% url "accounts:profile" %}'
            ),
        },
        about="{{ user.email }}",
    ),
)


def notify_about_account(event: str, to: str, user: User) -> None:
    if not to:
        return
    enqueue_mail(f"accounts.{event}", to=to, context={"user": user}, language=user.language)


def mail_welcome(user: User, site: str) -> None:
    mail_user("welcome", user, site=site)


def notify_about_factor(user: User, what: str) -> None:
    mail_user("factor_changed", user, what=what)


def notify_about_browser(user: User, browser: str, address: str) -> None:
    mail_user("new_browser", user, browser=browser, address=address)


def mail_user(event: str, user: User, *, site: str = "", **context: Any) -> None:
    known = {"user": user, **context}
    language = user.language
    enqueue_mail(f"accounts.{event}", to=user.email, context=known, language=language, site=site)


def mail_stranger(event: str, address: str, site: str, **context: Any) -> None:
    """Write to an address of whose owner nothing is known but where somebody has typed it."""
    language = visitors_language()
    enqueue_mail(f"accounts.{event}", to=address, context=context, language=language, site=site)


def mail_check(to: str, token: str, site: str) -> None:
    mail_stranger("check", to, site, to=to, token=token)


def mail_erased(to: str, site: str) -> None:
    mail_stranger("erased", to, site)


def mail_my_data(to: str, path: str, site: str) -> None:
    """Mail where whoever reads an address finds what is kept about them."""
    mail_stranger("my_data", to, site, to=to, path=path)


def mail_new_link(row: LinkMixin, site: str) -> None:
    """Mail a link of today to whoever a row belongs to and has an address.

    See `accounts.linked`.
    """
    if to := row.link_owner.email:
        mail_stranger("new_link", to, site, row=row)


def mail_about_change(to: str, user: User, undo: str, site: str) -> None:
    """Tell the address that an account had. `undo` is a link, or empty."""
    context = {"user": user, "undo": undo, "is_strangers": not undo}
    language = user.language
    enqueue_mail("accounts.email_changed", to=to, context=context, language=language, site=site)


def mail_password_page(event: str, user: User, site: str) -> None:
    """Mail a link to where the account's owner chooses a password, on one of the occasions."""
    uid, token = key_of(user)
    mail_user(event, user, site=site, uid=uid, token=token)


def password_page(user: User, site: str) -> str:
    """The same link, for whoever hands it over where no mail goes."""
    return site + reverse_in(user.language, "accounts:password_reset_confirm", *key_of(user))


def key_of(user: User) -> tuple[str, str]:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return uid, password_links.make_token(user)
