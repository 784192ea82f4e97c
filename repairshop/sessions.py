"""The session engine (`SESSION_ENGINE`): sessions in the database."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Takes a key with a NUL, which a cookie may carry, for none: PostgreSQL refuses to look."""

    def _validate_session_key(self, key: str | None) -> bool:
        return super()._validate_session_key(key) and "\0" not in str(key)
