"""Django's own backend, but that a connection is looked at, and not asked, at each request."""

from django.db.backends.postgresql import base

from repairshop.database_timeout import hears_something


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Ask the server only of a connection on which something has come in or gone wrong.

        A server that ends one says so, or its machine does: with nothing to be read there, the
        statement to come is as good a question as `SELECT 1`. Who hears nothing at all is told of
        it by `database_timeout`.
        """
        if self.connection is None or self.errors_occurred or hears_something(self.connection):
            return bool(super().is_usable())
        return True
