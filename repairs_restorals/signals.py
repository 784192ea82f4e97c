from django.dispatch import Signal

# Sent within the transaction of the decision, with `quote`, by `quoting.decide_quote`: whoever
# bills listens, for the workshop does not know the books.
quote_accepted = Signal()
