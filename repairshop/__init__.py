"""The shop as a whole: settings, addresses, the timer."""

# The one place where the version stands; `make release` reads it.
__version__ = "0.1.0"
