"""What a person's page shows, one section for each kind of thing, as the desk names its hits."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bag.models import Hold, WaitlistEntry
from bag.wishes.models import Wish
from desk.finds import Find
from invoices.models import Invoice
from mail.models import Mail
from repairs_restorals.models import ServiceTicket
from repairshop.front_desk.search import FINDS
from repairshop.people.records import Person
from store.models import Order, Question

ROWS_SHOWN = 10
BY_MODEL = {find.model: find for find in FINDS}


class Section(NamedTuple):
    """`rows` is given whose page it is, and who looks at it."""

    find: Find
    rows: Callable[[Person, User], QuerySet[Any]]
    # Who sees it, and the name of the address in the admin of one row; "" leads to its thing.
    permission: str
    page: str = ""


class Line(NamedTuple):
    title: str
    address: str
    state: str
    note: str


class Shown(NamedTuple):
    label: str
    lines: list[Line]
    # Where all of it is, when there is more.
    rest: str


def day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


def kept_until(hold: Any) -> str:
    end = date_format(localtime(hold.held_until), "SHORT_DATETIME_FORMAT")
    return f"{hold.item} · " + str(_("until %s") % end)


def own(model: type[Model], label: Any, **how: Any) -> Find:
    return Find(model=model, label=label, **how)


SECTIONS = [
    Section(
        BY_MODEL[ServiceTicket],
        lambda person, staff: person.tickets,
        "repairs_restorals.view_serviceticket",
        "repairs_restorals_serviceticket_change",
    ),
    Section(
        BY_MODEL[Order],
        lambda person, staff: person.orders,
        "store.view_order",
        "store_order_change",
    ),
    Section(
        BY_MODEL[Invoice],
        lambda person, staff: person.invoices,
        "invoices.view_invoice",
        "invoices_invoice_change",
    ),
    Section(
        own(
            Hold,
            _("In the bag, and reserved"),
            state=lambda hold: _("reserved") if hold.is_reserved else _("in the bag"),
            note=kept_until,
            fetch=lambda holds: holds.select_related("item"),
        ),
        lambda person, staff: person.holds,
        "bag.view_hold",
        "bag_hold_change",
    ),
    Section(
        own(
            WaitlistEntry,
            _("Places in line"),
            state=lambda entry: WaitlistEntry.State(entry.current_state).label,
            note=lambda entry: day(entry.joined_at),
            fetch=lambda entries: entries.with_current_state().select_related("item"),
            title=lambda entry: str(entry.item),
        ),
        lambda person, staff: person.places,
        "store.view_item",
    ),
    Section(
        own(
            Wish,
            _("Wants to hear of things like"),
            state=lambda wish: "",
            note=lambda wish: day(wish.asked_at),
            fetch=lambda wishes: wishes.select_related("item"),
        ),
        lambda person, staff: person.wishes,
        "store.view_item",
    ),
    Section(
        own(
            Question,
            _("Questions"),
            state=lambda question: _("answered") if question.answer else _("unanswered"),
            note=lambda question: question.text[:80],
            fetch=lambda questions: questions.select_related("item"),
            title=lambda question: str(question.item or question),
        ),
        lambda person, staff: person.questions,
        "store.view_question",
        "store_question_change",
    ),
    Section(
        own(
            Mail,
            _("Mails"),
            state=lambda mail: mail.get_state_display(),
            note=lambda mail: day(mail.created_at),
            title=lambda mail: mail.subject,
        ),
        lambda person, staff: person.mails(staff),
        "mail.view_mail",
        "mail_mail_change",
    ),
]


def sections_for(person: Person, staff: User) -> list[Shown]:
    """What there is of it that this colleague may see, in a query for each section."""
    seen = [section for section in SECTIONS if staff.has_perm(section.permission)]
    shown = [shown_of(section, person, staff) for section in seen]
    return [section for section in shown if section.lines]


def shown_of(section: Section, person: Person, staff: User) -> Shown:
    find = section.find
    mine = section.rows(person, staff).order_by().values("pk")
    rows = find.fetch(find.model._default_manager.filter(pk__in=mine)).order_by("-pk")
    found = list(rows[: ROWS_SHOWN + 1])
    lines = [
        Line(str(find.title(row)), page_of(section, row), str(find.state(row)), str(find.note(row)))
        for row in found[:ROWS_SHOWN]
    ]
    has_more = len(found) > ROWS_SHOWN and section.page
    return Shown(str(find.label), lines, all_of(section, person) if has_more else "")


def page_of(section: Section, row: Any) -> str:
    if section.page:
        return reverse(f"admin:{section.page}", args=[row.pk])
    return reverse("admin:store_item_change", args=[row.item_id])


def all_of(section: Section, person: Person) -> str:
    """The list of the admin, searched by what this person is known by."""
    known = person.email or person.phone or str(person)
    page = reverse(f"admin:{section.page.removesuffix('_change')}_changelist")
    return f"{page}?{urlencode({'q': known})}"
