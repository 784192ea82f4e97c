class SummaryChanged(Exception):
    """What the shopper agreed to is no longer what it costs; nothing was ordered."""
