from django.dispatch import Signal

# Sent within the transaction in which a quote is begun or sent, with `ticket`. Who listens may
# raise TicketBilled: then there is none.
quote_wanted = Signal()

# Sent within the transaction of the decision, with `quote` and `site`, by
# `quote_services.record_decision`: whoever bills listens, for the workshop does not know the books.
quote_accepted = Signal()

# Sent within the transaction of one by hand, with `ticket`, `to`, `actor` and `site`, by
# `services.transition_ticket`. Who listens may raise WorkRefused: then nothing was done.
ticket_transitioned = Signal()
