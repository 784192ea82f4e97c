"""Amounts: rounding, priced lines, taxes, form fields and how readers see them.

A plain package below all apps. Money is `Decimal`, gross, in the shop's one currency.
"""
