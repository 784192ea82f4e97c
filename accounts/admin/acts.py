"""What staff do to an account by a button of its own, after a question."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.addresses import site_of
from accounts.admin.adding import hand_over_link, words_of_link
from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.logins.services import end_logins
from accounts.models import Login, User
from accounts.registering import open_by_hand
from accounts.services import address_was_reached
from mail.telling import gets_mail


class Act(NamedTuple):
    """`do` gets the person and the site's address; `when` says for whom there is anything to do.

    It returns the person when a link by which they choose a password has to reach them.
    """

    title: str | Promise
    question: str | Promise
    button: str | Promise
    done: str | Promise
    event: SecurityEvent
    when: Callable[[User], bool]
    do: Callable[[User, str], User | None]


def check_by_hand(user: User, site: str) -> User | None:
    """Open an account that waits: staff say whose address it is, such as while no mail goes."""
    if user.is_waiting:
        return open_by_hand(user=user, site=site)
    address_was_reached(user=user)
    return None


def end_all_logins(user: User, site: str) -> None:
    end_logins(Login.objects.filter(user=user))


def close_for_good(user: User, site: str) -> None:
    """As staff close an account: whoever has its mailbox does not open it again."""
    User.objects.filter(pk=user.pk).update(closed_at=None)


ACTS = {
    "check": Act(
        _("Mark the address as checked"),
        _(
            "Only when you know that this person reads the mail to this address: the account sees "
            "all that was ever filed under it. Usually a mailed link finds it out. If nobody has "
            "been in the account yet, its password counts no more, since anybody may have typed "
            "it: its owner chooses one by a link."
        ),
        _("It is theirs"),
        _("The address of %s is marked as checked."),
        SecurityEvent.ADDRESS_CHECKED,
        lambda user: bool(user.email) and not user.is_checked,
        check_by_hand,
    ),
    "end-logins": Act(
        _("End all log-ins"),
        _("Whoever is logged in with this account is logged out, in every browser."),
        _("End them"),
        _("All log-ins of %s are ended."),
        SecurityEvent.LOGINS_ENDED,
        lambda user: Login.objects.filter(user=user).exists(),
        end_all_logins,
    ),
    "close": Act(
        _("Close for good"),
        _(
            "Its owner has closed this account, and may open it again by a link that we mail to "
            "its address. After this, nobody does so but staff. Orders, tickets and invoices stay."
        ),
        _("Close it for good"),
        _("The account of %s stays closed."),
        SecurityEvent.RIGHTS_CHANGED,
        lambda user: not user.is_active and user.closed_at is not None,
        close_for_good,
    ),
}


class ActsMixin(admin.ModelAdmin):
    """The page of a person leads to what can be done, for those who may change the person."""

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(self.act_page),
                {"name": name},
                name=f"accounts_user_{name}",
            )
            for name in ACTS
        ]
        return [*pages, *super().get_urls()]

    @admin.display(description=_("what can be done"))
    def acts(self, user: User) -> SafeString | str:
        links = [
            (reverse(f"admin:accounts_user_{name}", args=[user.pk]), act.title)
            for name, act in ACTS.items()
            if act.when(user)
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "–"

    def act_page(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        user: Any = self.get_object(request, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        act = ACTS[name]
        if request.method == "POST":
            require_confirmation(request)
            return self.carry_out(act, request, user)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{act.title}: {user}",
            "thing": user,
            "act": act,
        }
        return render(request, "admin/accounts/user/act.html", context)

    def carry_out(self, act: Act, request: HttpRequest, user: User) -> HttpResponse:
        done, needs_link = act.done % user.email, None
        if act.when(user):
            needs_link = act.do(user, site_of(request))
            tell(act.event, user, request, f"by {request.user}")
        if needs_link and not gets_mail(user.email):
            return hand_over_link(self, request, needs_link, title=done)
        self.message_user(request, done)
        if needs_link:
            self.message_user(request, words_of_link(user.email))
        return redirect("admin:accounts_user_change", user.pk)
