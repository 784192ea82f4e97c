from django.dispatch import Signal

# Sent within the transaction in which a quote is begun or sent, with `ticket`. Who listens may
# raise TicketBilled: then there is none.
quote_wanted = Signal()

# Sent within the transaction of the decision, with `quote` and `site`, by `quote_services.settle`:
# whoever bills listens, for the workshop does not know the books.
quote_accepted = Signal()

# Sent within the transaction of a move by hand, with `ticket`, `to`, `actor` and `site`, by
# `services.move_ticket`. Who listens may raise WorkRefused: then nothing was moved.
ticket_moved = Signal()
