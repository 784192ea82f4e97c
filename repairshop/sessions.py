"""The session engine (`SESSION_ENGINE`): Django's sessions in the database, asked for briefly."""

from datetime import timedelta
from hashlib import sha256

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField
from django.utils import timezone

from accounts.models import Login
from store.statements import Statement

SESSIONS_PER_ROUND = 1000
# How long a request may be under way.
UNDER_WAY = timedelta(minutes=1)


# Asked on every page of a visitor whom the shop knows.
SESSION = Statement(lambda key: Session.objects.filter(pk=key), key=CharField())


def left_behind(key: str | None) -> str:
    """Under which key the bag of a session is found after it has got another key."""
    return "left:" + sha256(str(key).encode()).hexdigest()[:35]


class SessionStore(db.SessionStore):
    """Writes with one UPDATE in no transaction.

    Adding to the bag writes the session: Django's own way, a transaction with a SELECT and an
    UPDATE, costs as much as all the rest of holding a piece.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        """A key with a NUL, which a cookie may carry, is none: PostgreSQL refuses to look."""
        return len(key or "") >= 8 and "\0" not in str(key)

    def _get_session_from_db(self) -> Session | None:
        # The second key is only worked out when nothing is found under the first.
        for key_of in (str, left_behind):
            found: Session
            for found in SESSION.rows(key=key_of(self.session_key)):
                if found.expire_date > timezone.now():
                    return found
        self._session_key = None
        return None

    @transaction.atomic
    def cycle_key(self) -> None:
        """Change the key, as a log-in does, and leave the bag behind for what is under way.

        A request that another tab has sent with the old key still finds the bag, but is
        nobody's, and as there is no row with its key, it saves nothing and sets no cookie.
        """
        old, bag = self.session_key, self.get("bag")
        super().cycle_key()
        if old and SESSION_KEY in self:
            Login.objects.filter(session_key=old).update(session_key=self.session_key)
        if old and bag:
            data = self.encode({"bag": bag})
            expires = timezone.now() + UNDER_WAY
            Session.objects.update_or_create(
                pk=left_behind(old), defaults={"session_data": data, "expire_date": expires}
            )

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 (as Django calls it)
        if must_create or self.session_key is None:
            return super().save(must_create)
        data = self.encode(self._get_session())  # type: ignore[attr-defined]
        changed = Session.objects.filter(pk=self.session_key).update(
            session_data=data, expire_date=self.get_expiry_date()
        )
        # Logged out in another tab: a session that has ended must not come back.
        if not changed:
            raise UpdateError
        return None


def forget_sessions() -> int:
    """Delete sessions that have run out, so many a round; return how many. For the timer."""
    expired = Session.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date")
    keys = list(expired.values_list("pk", flat=True)[:SESSIONS_PER_ROUND])
    # Asked once more: whoever came back just now has prolonged it.
    return expired.filter(pk__in=keys).delete()[0] if keys else 0
