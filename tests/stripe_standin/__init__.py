"""A stand-in for Stripe, as a process of its own: for tests, torture and `make run`.

It answers as https://docs.stripe.com/api says for what the shop uses, keeps a ledger of
its own, and misbehaves when told to. What is addressed as `/_…` is for tests:

    GET  /_ledger       per payment intent what was captured, refunded, disputed
    GET  /_events       every event that came to be; /_events/ID about one thing
    POST /_webhook      {"url": …}: where events are sent from now on
    POST /_pay/ID       a payment that was under way when its session ended
    POST /_faults       which calls and events go wrong, see `faults.py`
    POST /_clock        {"ahead": seconds}: its clock, by which sessions expire
    POST /_send         {"event": id} again, or {"type": …, "object": id}, now
    POST /_refund       {"payment_intent": …, "amount": …}: as staff do at Stripe
    POST /_refund/ID    {"status": "failed"}
    POST /_dispute      {"payment_intent": …}
    POST /_dispute/ID   {"status": "won"}
"""
