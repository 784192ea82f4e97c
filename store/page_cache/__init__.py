"""Public pages as they were given last, for as long as nothing on them has changed.

See docs/adr/0016-pages-from-memory.md.
"""
