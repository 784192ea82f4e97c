"""How mails call what they are about."""

from invoices.models import Invoice


def names_of(invoice: Invoice) -> list[str]:
    """What mails about an order or a repair, and its invoice, say that they are about."""
    subject = invoice.subject
    draft = str(Invoice(order=invoice.order, ticket=invoice.ticket))
    notes = [str(note) for note in invoice.credit_notes.all()]
    return [*([subject.reference] if subject else []), str(invoice), draft, *notes]
