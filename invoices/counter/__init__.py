"""The counter: sold and paid across it, by the same pieces, orders and ledger as on the web."""
