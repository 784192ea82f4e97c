"""The page where a customer pays, as plain as can be."""

from html import escape

from invoices.payments.minor_units import from_minor_units
from tests.stripe_standin.account import Thing

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>body{{font:1.1rem/1.5 sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}}
button{{display:block;width:100%;margin:.8rem 0;padding:.8rem;font:inherit}}</style></head>
<body><p>A stand-in for Stripe: no card is asked for and no money moves.</p>
<h1>{title}</h1>{body}</body></html>"""
FORM = """<p>{name}</p><form method="post">
<button name="action" value="pay">Pay</button>
<button name="action" value="decline">Pay with a card that is declined</button></form>
<p><a href="{back}">Cancel</a></p>"""


def pay_page(session: Thing, *, declined: bool = False) -> str:
    back = escape(session["cancel_url"] or session["success_url"])
    if session["status"] != "open":
        said = (
            f'<p>This page is {session["status"]}.</p><p><a href="{back}">Back to the shop</a></p>'
        )
        return PAGE.format(title="Nothing to pay here", body=said)
    currency = session["currency"].upper()
    amount = f"{from_minor_units(session['amount_total'], currency)} {currency}"
    body = '<p role="alert">Your card was declined.</p>' if declined else ""
    body += FORM.format(name=escape(session["_name"]), back=back)
    return PAGE.format(title=f"Pay {amount}", body=body)


def success_url(session: Thing) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
