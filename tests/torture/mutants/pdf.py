"""Faults in what stands on invoices, and in who sees them."""

from tests.torture.mutants.fault import Edit, Fault

PDF = "invoices/documents/pdf/__init__.py"
CONTENT = "invoices/documents/pdf/content.py"
TEMPLATE = "invoices/documents/pdf/invoice.typ"
GIRO = "invoices/documents/pdf/giro.py"
VIEWS = "invoices/documents/views.py"

BALANCE = "17 One balance to the cent"
FROZEN = "16 Numbers without a gap, frozen when issued"
FOREIGN = "20 No foreign object anywhere"
TEXT = "What people write is never markup"
READ = "Everybody can read an invoice, and pay it"

LOOKS = "invoices/tests/test_pdf.py"
PAGES = "invoices/tests/test_invoice_views.py"
CODES = "invoices/tests/test_giro.py"

FAULTS = [
    Fault(
        "document that forgets what was paid",
        BALANCE,
        PAGES,
        Edit(CONTENT, "money(invoice.balance))]", "money(invoice.payable))]"),
    ),
    Fault(
        "a document that changes with the shop",
        FROZEN,
        PAGES,
        Edit(
            CONTENT,
            "invoice.snapshot or snapshot_of(invoice, ShopProfile.get_solo())",
            "snapshot_of(invoice, ShopProfile.get_solo())",
        ),
    ),
    Fault(
        "a rate beside second-hand goods",
        BALANCE,
        PAGES,
        Edit(CONTENT, "line.scheme != Item.TaxScheme.MARGIN\n    return", "True\n    return"),
    ),
    Fault(
        "descriptions read as markup",
        TEXT,
        LOOKS,
        Edit(
            TEMPLATE,
            "..document.lines.map(cells => cells.map(cell => "
            "table.cell(breakable: false, breaking(cell)))).flatten(),",
            "..document.lines.map(cells => cells.map(cell => "
            'table.cell(breakable: false, eval(cell, mode: "markup")))).flatten(),',
        ),
    ),
    Fault(
        "a PDF that nobody can hear",
        READ,
        LOOKS,
        Edit(PDF, "accessible=True", "accessible=False"),
    ),
    Fault(
        "a code without words", READ, LOOKS, Edit(TEMPLATE, "alt: document.code_alt", 'alt: "QR"')
    ),
    Fault(
        "page numbers of the whole file",
        READ,
        LOOKS,
        Edit(TEMPLATE, "[#(page - first.last() + 1) /", "[#page /"),
    ),
    Fault(
        "an IBAN that nobody checks", READ, CODES, Edit("store/bank.py", "% 97 == 1", "% 97 >= 0")
    ),
    Fault(
        "a name that begins another field",
        READ,
        CODES,
        Edit(
            GIRO,
            '" ".join((shop.account_holder or shop.name).split())',
            "(shop.account_holder or shop.name)",
        ),
    ),
    Fault(
        "a code of euros for other money",
        READ,
        CODES,
        Edit(GIRO, 'settings.CURRENCY != "EUR" or not is_iban(iban)', "not is_iban(iban)"),
    ),
    Fault(
        "drafts for everybody",
        FOREIGN,
        PAGES,
        Edit(VIEWS, "        if not invoice.is_shown:", "        if invoice.secret is None:"),
    ),
    Fault(
        "the invoices of everybody",
        FOREIGN,
        PAGES,
        Edit(
            VIEWS,
            "Invoice.objects.for_customer(cast(User, self.request.user)).with_parts()",
            "Invoice.objects.with_parts()",
        ),
    ),
]
