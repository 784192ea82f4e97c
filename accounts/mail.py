"""Mails about a person's account."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mail.outbox import MailEvent, enqueue_mail, register
from mail.wordings import Placeholder

NAME = Placeholder(_("the name of who is written to"), "{{ user.name }}")
OWNER = _("whoever has the account")
RESET_PAGE = '{{ site }}{% url "accounts:password_reset_confirm" uidb64=uid token=token %}'

register(
    MailEvent(
        "accounts.email_changed",
        when=_("Somebody has changed the e-mail address of an account"),
        to=_("the old address"),
        placeholders={
            "name": NAME,
            "email": Placeholder(_("the new e-mail address"), "{{ user.email }}"),
        },
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.deactivated",
        when=_("Somebody has closed the account"),
        to=OWNER,
        placeholders={"name": NAME},
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.factor_changed",
        when=_("A second factor of an account was added, taken away or stood in for"),
        to=OWNER,
        placeholders={"name": NAME, "what": Placeholder(_("what was done"), "{{ what }}")},
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.new_browser",
        when=_("Somebody has logged in with a browser that was not known before"),
        to=OWNER,
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
        placeholders={"name": NAME},
        about="{{ user.email }}",
    ),
    MailEvent(
        "accounts.password_link",
        when=_("Staff have opened an account for somebody, or let them choose a new password"),
        to=OWNER,
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
        placeholders={
            "name": NAME,
            "reopens": Placeholder(
                _("that the account opens again, if its owner has closed it"),
                '{% include "accounts/mail/_reopens.txt" %}',
            ),
            "link": Placeholder(
                _("where a new password is chosen"),
                RESET_PAGE,
            ),
        },
        about="{{ user.email }}",
        needed=["link"],
        sensitive=True,
    ),
)


def notify_about_account(event: str, to: str, user: User) -> None:
    enqueue_mail(f"accounts.{event}", to=to, context={"user": user})


def notify_about_factor(user: User, what: str) -> None:
    enqueue_mail("accounts.factor_changed", to=user.email, context={"user": user, "what": what})


def notify_about_browser(user: User, browser: str, address: str) -> None:
    context = {"user": user, "browser": browser, "address": address}
    enqueue_mail("accounts.new_browser", to=user.email, context=context)


def post_reset_link(to: str, context: Mapping[str, Any]) -> None:
    enqueue_mail("accounts.password_reset", to=to, context=context, site=context["site"])


def post_password_link(user: User, context: Mapping[str, Any], site: str) -> None:
    enqueue_mail("accounts.password_link", to=user.email, context=context, site=site)
