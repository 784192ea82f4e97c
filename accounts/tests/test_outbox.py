"""Writing to the outbox: what a mail says, and that it says no more than it is meant to."""

import re
from io import StringIO

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from accounts.models import User
from accounts.services import deactivate_account
from accounts.tests.factories import mails_sent, make_user
from mail import outbox
from mail.letters import Look, as_html
from mail.models import Mail, Wording
from mail.outbox import MailEvent, enqueue_mail, sender
from mail.unsent import ConsoleBackend
from mail.wordings import Placeholder, Words

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
SITE = "https://shop.example.com"


def write(user: User, site: str = "") -> Mail:
    context = {"user": user, "browser": "Firefox on Linux"}
    return enqueue_mail("accounts.new_browser", to=user.email, context=context, site=site)


def reword(subject: str, text: str) -> None:
    Wording.objects.create(event="accounts.new_browser", subject=subject, text=text)


@pytest.mark.bare_shop
def test_a_mail_has_subject_text_and_html(alice: User) -> None:
    mail = write(alice)

    assert mail.subject == "Somebody has logged in to your account at Repairshop"
    assert mail.text.startswith("Hello Alice,\n\nsomebody, probably you, has just")
    assert mail.text.endswith("\n\nRepairshop\n")
    assert "Hello Alice,</p>" in mail.html
    assert "{{" not in mail.subject + mail.text + mail.html


def test_who_develops_reads_the_words_of_a_mail() -> None:
    mail = EmailMultiAlternatives(
        "An invoice", "Pay here: https://a.example/\n", to=["a@b.example"]
    )
    mail.attach_alternative("<p>Pay here</p>", "text/html")
    mail.attach("2026-0001.pdf", b"%PDF", "application/pdf")
    printed = StringIO()

    ConsoleBackend(stream=printed).send_messages([mail])

    lines = ["To: a@b.example", "Subject: An invoice", "Enclosed: 2026-0001.pdf", ""]
    assert printed.getvalue().splitlines()[1:-1] == [*lines, "Pay here: https://a.example/"]


def test_what_is_rolled_back_is_not_told(alice: User) -> None:
    with transaction.atomic():
        write(alice)
        assert Mail.objects.exists()
        transaction.set_rollback(True)

    assert not Mail.objects.exists()


def test_an_attachment_is_named_and_not_made_yet(alice: User) -> None:
    context = {"user": alice}
    # Nobody knows how to make this one.
    mail = enqueue_mail("accounts.new_browser", to="", context=context, attachment="contract:45")

    assert mail.attachment == "contract:45"


def test_each_mail_has_an_id_of_its_own(alice: User) -> None:
    first, second = write(alice, site=SITE), write(alice, site=SITE)

    assert first.message_id != second.message_id
    assert first.message_id.endswith("@shop.example.com>")


@pytest.mark.bare_shop
def test_what_staff_wrote_is_used(alice: User) -> None:
    reword("Moved: {{ browser }}", "Dear {{name}},\n\n{{ browser }}\n\n\n\n{{ signature }}")
    mail = write(alice)

    assert mail.subject == "Moved: Firefox on Linux"
    assert mail.text == "Dear Alice,\n\nFirefox on Linux\n\nRepairshop\n"


@pytest.mark.parametrize(
    "reach",
    [
        "{{ user.password }}",
        "{{ name.__class__ }}",
        "{{ settings.SECRET_KEY }}",
        "{{ name|default:user.password }}",
        "{% include 'admin/base.html' %}{{ request }}",
        "{{ user }}",
    ],
)
def test_no_wording_reaches_further_than_its_placeholders(alice: User, reach: str) -> None:
    User.objects.update(password="secret-hash")
    alice.refresh_from_db()
    reword("Moved", f"<{reach}>")

    assert write(alice).text in {"<>\n", "<{% include 'admin/base.html' %}>\n"}


def test_what_somebody_types_is_no_placeholder(alice: User) -> None:
    alice.name = "{{ browser }}{{ signature }}"

    assert "Hello {{ browser }}{{ signature }}," in write(alice).text


def test_no_line_break_gets_into_a_subject(alice: User) -> None:
    alice.name = "Alice\r\nBcc: all"
    reword("For {{ name }}", "x")

    assert write(alice).subject == "For Alice Bcc: all"


def test_what_somebody_types_is_no_markup(alice: User) -> None:
    alice.name = "<script>alert(1)</script> & Co"
    mail = write(alice)

    assert "Hello <script>alert(1)</script> & Co," in mail.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in mail.html


def html_of(text: str) -> str:
    return as_html(Words("News", text), Look(sender=sender(), site=SITE))


def test_links_into_the_shop_are_links() -> None:
    html = html_of(f"Your order: {SITE}/orders/1/?a=1&b=2\n{SITE}/bag/")

    assert re.findall(r'<a class="link" href="(.*?)" style=".*?">(.*?)</a>', html) == [
        (f"{SITE}/orders/1/?a=1&amp;b=2", "Your order"),
        (f"{SITE}/bag/", f"{SITE}/bag/"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Your bank: https://evil.example/",
        f"Your bank: {SITE}.evil.example/",
        f"Your bank: {SITE}@evil.example/",
        "Your bank: javascript:alert(1)",
    ],
)
def test_links_that_lead_elsewhere_are_none(line: str) -> None:
    assert "<a" not in html_of(line)


def test_a_sensitive_mail_can_not_be_read(alice: User) -> None:
    link = {"user": alice, "uid": "MQ", "token": "abc-123"}

    assert not enqueue_mail("accounts.password_reset", to=alice.email, context=link).is_readable
    assert write(alice).is_readable


def test_placeholders_are_made_of_templates_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    sum_ = Placeholder("", "{% if big %}{{ big }}!{% endif %}")
    event = MailEvent(
        "accounts.deactivated", when="", to="", seen_with="", placeholders={"sum": sum_}
    )
    monkeypatch.setitem(outbox.EVENTS, event.name, event)

    words = event.fill_in(Words("{{ sum }}", "<{{ sum }}>"), {"big": "<9>"})
    assert words == Words("<9>!", "<<9>!>\n")


def test_an_unknown_event_is_nobodys_mail(alice: User) -> None:
    with pytest.raises(KeyError):
        enqueue_mail("accounts.nonsense", to=alice.email, context={})


def test_a_name_that_holds_a_link_greets_nobody_with_it(db: None) -> None:
    ann = make_user("ann@example.com", name="You have won, take it: https://spam.example/win")

    deactivate_account(user=ann)

    [letter] = mails_sent()
    assert letter.body.startswith("Hello You have won, take it,")
    assert "spam.example" not in letter.body


def test_a_domain_in_any_script_is_written_to(db: None) -> None:
    deactivate_account(user=make_user("ann@bücher.example"))

    assert mails_sent()[0].to == ["ann@xn--bcher-kva.example"]
