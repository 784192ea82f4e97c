from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from invoices.payments.stripe_client import hurry

# Seconds. Heroku's router and gunicorn give a request up after 30.
SECONDS_FOR_STRIPE = 24


def stripe_in_a_hurry(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let no request wait for Stripe any longer, however many calls it makes.

    What it could not ask for, the timer or Stripe's next event asks for again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with hurry(SECONDS_FOR_STRIPE):
            return get_response(request)

    return middleware
