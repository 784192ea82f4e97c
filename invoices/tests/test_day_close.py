"""The close of a day: what it covers, what it says, and that it stays as it was signed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.secrets import new_secret
from invoices.books.takings import takings_for
from invoices.day_close.closing import close_day, move_cash
from invoices.day_close.figures import late_of_close, open_day, takings_of_close
from invoices.exceptions import DayMovedOn
from invoices.models import CashMovement, DayClose, Payment
from invoices.tests.close_steps import close, signed, take
from invoices.tests.pdf_samples import text_of
from invoices.tests.test_books import exported

pytestmark = pytest.mark.django_db
DRAWER = "/admin/invoices/dayclose/drawer/"
MOVE = f"{DRAWER}move/"


def move(amount: str, actor: User, reason: str = "Stamps") -> CashMovement:
    return move_cash(
        amount=Decimal(amount), reason=reason, actor=actor, idempotency_key=new_secret()
    )


def test_a_close_counts_up_what_came_and_went_since_the_last_one(sam: User) -> None:
    take("120")
    take("-20")
    take("50", method="terminal")
    move("-12.50", sam)
    move("30", sam, "Change")

    first = close(sam, "117.50", opening=Decimal(0))

    assert (first.number, first.since, first.cash) == (1, None, Decimal(100))
    assert (first.paid_in, first.paid_out) == (Decimal(30), Decimal("12.50"))
    assert (first.expected, first.difference) == (Decimal("117.50"), Decimal(0))
    ways = [
        f"{each.label} {each.came} {each.went}: {each.number}" for each in takings_of_close(first)
    ]
    assert ways == ["card, at the shop 50.00 0: 1", "cash 120.00 -20.00: 2"]
    assert first.payments.count() == 3
    assert first.movements.count() == 2


def test_the_next_close_begins_where_the_last_one_ended(sam: User) -> None:
    take("120")
    first = close(sam, "115")
    take("10")

    second = close(sam, "125")

    assert first.difference == Decimal(-5)
    assert (second.number, second.since) == (2, first.at)
    assert (second.opening, second.cash, second.difference) == (
        Decimal(115),
        Decimal(10),
        Decimal(0),
    )


def test_who_never_counted_is_not_told_what_was_counted_last(client: Client, sam: User) -> None:
    client.force_login(sam)
    address = "/admin/invoices/dayclose/drawer/"
    first = client.get(address).text
    assert "This is the first close." in first
    assert "The change that you began with" in first
    assert "counted last" not in first
    take("120")
    close(sam, "120")
    later = client.get(address).text
    assert "What was counted last, unless you say otherwise." in later
    assert "Since the last close, whichever day that was." in later
    assert "The drawer counts since the last close." in client.get("/admin/").text


def test_what_is_recorded_later_is_in_the_next_close_which_says_so(sam: User) -> None:
    take("120")
    close(sam, "120")
    late = take("40", days_ago=3, method="transfer")
    take("10")

    second = close(sam, "130")

    assert late_of_close(second) == [late]
    assert "of days that were closed before" in text_of(bytes(second.pdf))


def test_desk_books_and_close_tell_the_same_of_a_day(client: Client, sam: User) -> None:
    """What is dated of today is in all three; what is not is named by the close alone."""
    take("1", days_ago=1)
    close(sam, "1")
    for amount, method in (("120", "cash"), ("-20", "cash"), ("7.50", "card"), ("9", "transfer")):
        take(amount, method=method)
    take("40", days_ago=3, method="transfer")
    client.force_login(sam)
    takings = takings_for(sam)
    assert takings

    today = close(sam, "101")

    of_today = {each.label: each.sum for each in takings_of_close(today)}
    for late in late_of_close(today):
        of_today[str(late.get_method_display())] -= late.amount
    desk = {each.method: each.amount for each in takings.today}
    books: dict[str, Decimal] = {}
    for row in exported(client, "payments"):
        books[row["how"]] = books.get(row["how"], Decimal(0)) + Decimal(row["amount"])
    assert of_today == desk == books == {
        "cash": 100, "card, online": Decimal("7.50"), "bank transfer": 9
    }  # fmt: skip


def test_one_who_has_not_seen_the_last_payment_closes_nothing(sam: User) -> None:
    take("120")
    seen = signed("120")
    take("5")

    with pytest.raises(DayMovedOn):
        close_day(seen, actor=sam)
    assert not DayClose.objects.exists()
    assert len(open_day().payments) == 2


def test_a_second_click_closes_no_second_day(sam: User) -> None:
    take("120")
    sent = signed("120")

    assert close_day(sent, actor=sam) == close_day(sent, actor=sam)
    assert DayClose.objects.get().number == 1


def test_payments_from_before_there_were_closes_wait_for_none(sam: User) -> None:
    take("999")
    Payment.objects.update(to_close=False)
    take("5")

    assert close(sam, "5").cash == 5


@pytest.mark.on_both
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoices_dayclose SET counted = 7",
        "UPDATE invoices_dayclose SET pdf = NULL",
        "DELETE FROM invoices_dayclose",
        "UPDATE invoices_payment SET amount = 7",
        "UPDATE invoices_payment SET close_id = NULL",
        "DELETE FROM invoices_payment",
        "UPDATE invoices_cashmovement SET reason = 'Cake'",
        "UPDATE invoices_cashmovement SET close_id = NULL",
        "DELETE FROM invoices_cashmovement",
    ],
)
def test_the_database_refuses_to_change_what_is_closed(sam: User, sql: str) -> None:
    take("120")
    move("-12.50", sam)
    close(sam, "107.50")

    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.on_both
def test_what_is_open_can_still_be_told_who_recorded_it(sam: User) -> None:
    """Control: the triggers leave alone what is not closed, and the closing itself."""
    payment = take("120", actor=sam)
    Payment.objects.filter(pk=payment.pk).update(received_on=timezone.localdate())
    close(sam, "120")
    Payment.objects.filter(pk=payment.pk).update(actor=None)

    assert Payment.objects.get().actor is None


@pytest.fixture
def drawer(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def send(drawer: Client, **typed: str) -> Any:
    """Open the page, fill the form in and send it."""
    form = drawer.get(DRAWER).context["form"]
    data = {field.name: field.value() or "" for field in form if field.name != "is_meant"}
    return drawer.post(DRAWER, {**data, **typed}, follow=True)


def test_the_day_is_counted_and_signed_on_one_page(drawer: Client) -> None:
    take("120")
    answer = send(drawer, counted="120", signed_by="Sam Holt")

    made = DayClose.objects.get()
    assert "Day close 1 is closed for good." in answer.text
    assert "Sam Holt" in answer.text
    pdf = drawer.get(f"/admin/invoices/dayclose/{made.pk}/pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content == bytes(made.pdf)
    text = text_of(pdf.content)
    assert "Day close 1" in text
    assert "€120.00" in text
    assert "Signed by Sam Holt" in text


def test_notes_and_coins_are_added_up(drawer: Client) -> None:
    take("120")
    half = {"of_50": "2", "of_0.50": "1"}

    page = send(drawer, **half).text
    assert "The notes and coins make €100.50. €19.50 are missing." in page
    assert 'name="of_50" value="2"' in page
    page = send(drawer, **half, counted="120").text
    assert "The notes and coins below make €100.50." in page
    assert "greater than or equal to 0" in send(drawer, of_50="-1").text
    assert not DayClose.objects.exists()

    send(drawer, of_50="2", of_10="1", of_5="2")
    assert DayClose.objects.get().counted == 120


def test_of_a_currency_with_unknown_coins_the_sum_is_typed(
    drawer: Client, settings: Settings
) -> None:
    settings.CURRENCY = "ISK"
    page = drawer.get(DRAWER)

    assert "notes and coins" not in page.text
    assert not page.context["form"].each


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"counted": ""}, "This field is required."),
        ({"counted": "-1"}, "greater than or equal to 0"),
        ({"counted": "a lot"}, "Enter an amount such as"),
        ({"counted": "100"}, "€20.00 are missing. Count again"),
        ({"counted": "120.50"}, "€0.50 are too much. Count again"),
        ({"counted": "120", "signed_by": " "}, "This field is required."),
    ],
)
def test_bad_input_is_answered_and_kept(drawer: Client, typed: dict[str, str], answer: str) -> None:
    take("120")
    page = send(drawer, **{"note": "Rainy", "signed_by": "Sam", **typed})

    assert answer in page.text
    assert "Rainy</textarea>" in page.text
    assert not DayClose.objects.exists()


def test_a_difference_is_closed_when_it_is_meant(drawer: Client) -> None:
    take("120")
    page = send(drawer, counted="100", signed_by="Sam").text
    assert 'name="is_meant"' in page
    send(drawer, counted="100", signed_by="Sam", is_meant="on")

    assert DayClose.objects.get().difference == -20


def test_another_opening_amount_than_counted_last_has_a_reason(drawer: Client, sam: User) -> None:
    close(sam, "50", opening=Decimal(50))
    typed = {"opening": "40", "counted": "40", "signed_by": "Sam"}
    assert "Say why it was not the €50.00" in send(drawer, **typed).text
    send(drawer, **typed, note="Taken to the bank at night")

    assert DayClose.objects.count() == 2


def test_money_that_came_meanwhile_is_shown_before_it_is_signed(drawer: Client) -> None:
    take("120")
    form = drawer.get(DRAWER).context["form"]
    data = {field.name: field.value() or "" for field in form if field.name != "is_meant"}
    data |= {"counted": "120", "signed_by": "Sam"}
    take("5")

    page = drawer.post(DRAWER, data)
    assert "money has moved" in page.text
    assert "€125.00" in page.text
    data["version"] = page.context["form"]["version"].value()
    drawer.post(DRAWER, {**data, "counted": "125"})
    made = DayClose.objects.get()
    assert made.cash == 125
    assert drawer.post(DRAWER, data)["Location"] == f"/admin/invoices/dayclose/{made.pk}/change/"


def test_cash_is_put_in_and_taken_out_once(drawer: Client) -> None:
    take("20")
    typed = {"amount": "12.50", "way": "out", "reason": "Stamps", "idempotency_key": "a" * 32}
    for _click in range(2):
        assert "Stamps" in drawer.post(MOVE, typed, follow=True).text

    assert CashMovement.objects.get().amount == Decimal("-12.50")
    page = drawer.post(MOVE, {**typed, "amount": "0", "idempotency_key": "b"})
    assert "This is no money" in page.text
    assert 'value="Stamps"' in page.text


def test_more_than_should_be_in_it_is_taken_out_when_it_is_meant(drawer: Client) -> None:
    take("288")
    typed = {"amount": "5000", "way": "out", "reason": "Bank", "idempotency_key": "a" * 32}
    page = drawer.post(MOVE, typed)
    assert "More than the €288.00 that should be in it" in page.text
    assert 'name="is_meant"' in page.text
    assert not CashMovement.objects.exists()

    drawer.post(MOVE, {**typed, "is_meant": "on"})
    assert CashMovement.objects.get().amount == -5000


def test_what_was_taken_out_has_one_sign_on_page_and_paper(drawer: Client, sam: User) -> None:
    take("20")
    move("-12.50", sam, "Cake")
    made = close(sam, "7.50")
    page = drawer.get(f"/admin/invoices/dayclose/{made.pk}/change/").text
    assert page.count("−€12.50") == text_of(bytes(made.pdf)).count("−€12.50") == 2


def test_what_should_be_in_it_follows_the_opening_that_is_typed(drawer: Client) -> None:
    take("288.20")
    page = send(drawer, opening="100", counted="370.20")
    assert "With that, €388.20 should be in it now" in page.text
    assert "€18.00 are missing" in page.text
    assert "With that, €288.20" in send(drawer, opening="goats").text


def test_another_amount_is_not_taken_for_a_second_click(drawer: Client) -> None:
    take("43")
    typed = {"amount": "12.50", "way": "out", "reason": "Stamps", "idempotency_key": "a" * 32}
    drawer.post(MOVE, typed)
    for other in ({"amount": "30"}, {"way": "in"}, {"reason": "Cake"}):
        page = drawer.post(MOVE, {**typed, **other})
        assert "this form was sent before, for “Stamps”, −€12.50." in page.text
        assert CashMovement.objects.count() == 1
    sent = {field.name: field.value() for field in page.context["move"]}
    assert sent.pop("is_meant") is False
    assert {**sent, "idempotency_key": ""} == {**typed, "reason": "Cake", "idempotency_key": ""}
    drawer.post(MOVE, sent)

    assert [each.reason for each in CashMovement.objects.all()] == ["Stamps", "Cake"]


def test_the_list_and_the_file_name_each_close(drawer: Client, sam: User) -> None:
    take("120")
    take("9", method="transfer")
    close(sam, "119", note="=1+1")

    assert "Day close 1" in drawer.get("/admin/invoices/dayclose/").text
    [row] = exported(drawer, "closes")
    assert (row["number"], row["cash"], row["bank transfer"]) == ("1", "120.00", "9.00")
    assert (row["counted"], row["difference"], row["note"]) == ("119.00", "-1.00", "'=1+1")


def test_a_forgotten_day_stands_on_the_desk_from_the_next_day_on(drawer: Client) -> None:
    take("120")
    assert "nobody has closed" not in drawer.get("/admin/").text
    Payment.objects.update(at=timezone.now() - timedelta(days=1))

    assert "cash payment of a day that nobody has closed" in drawer.get("/admin/").text
    assert "that day was not closed" in drawer.get(f"{DRAWER}?show=unclosed").text


def test_a_long_day_takes_as_many_queries(
    drawer: Client, sam: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    close(sam)
    for number in range(9):
        take("1", days_ago=number % 2)
        move("1", sam)

    with django_assert_max_num_queries(9):
        drawer.get(DRAWER)
    made = close(sam, "18")
    with django_assert_max_num_queries(9):
        page = drawer.get(f"/admin/invoices/dayclose/{made.pk}/change/")
    assert page.status_code == 200


def test_the_workshop_neither_closes_nor_reads_closes(
    client: Client, wren: User, sam: User
) -> None:
    made = close(sam)
    client.force_login(wren)

    for address in (
        DRAWER,
        "/admin/invoices/dayclose/",
        f"/admin/invoices/dayclose/{made.pk}/pdf/",
    ):
        assert client.get(address).status_code == 403
    assert client.post(MOVE).status_code == 403
    assert "Close the day" not in client.get("/admin/").text


def test_the_till_leads_to_the_drawer(drawer: Client) -> None:
    assert f'href="{DRAWER}"' in drawer.get("/admin/till/").text
    assert drawer.get("/admin/invoices/dayclose/999/pdf/").status_code == 404
