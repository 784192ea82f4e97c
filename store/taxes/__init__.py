"""Whose VAT is in a price: `places` knows the countries, `rates` the rates, `lines` the things."""
