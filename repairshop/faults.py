"""What went wrong in the program: counted by place for whoever runs it, without a word of anybody.

Neither addresses nor what was sent, typed or said by the error is kept: only what failed, where
in the code, on which page or in which job, how often and when. The log has the rest.
"""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from traceback import walk_tb

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest

from mail.outbox import enqueue_mail
from repairshop.middleware import request_id
from repairshop.models import Fault
from store.models import ShopProfile

# PostgreSQL's code of read_only_sql_transaction, as after a failover.
READ_ONLY = "25006"
AWAY = InterfaceError, OperationalError
# So many places, after which all others are one.
MOST_PLACES = 200
OTHER_PLACES = {"kind": "", "place": "", "page": ""}
KEPT_FOR = timedelta(days=30)
MAILED_EVERY = timedelta(days=1)
PLACES_A_MAIL = 20


def is_away(error: BaseException | None) -> bool:
    """Whether an error only says that the database is away, or takes no writes for now."""
    read_only = getattr(error and error.__cause__, "pgcode", "") == READ_ONLY
    return read_only or isinstance(error, AWAY)


def record(error: BaseException, *, page: str = "") -> bool:
    """Count an error; False where it cannot be written down, for the database may be why."""
    if is_away(error):
        return False
    where = {
        "kind": type(error).__name__[:100],
        "place": place_of(error)[:200],
        "page": page[:100],
    }
    # Whatever it is, it must not stand in the way of the answer to the first error.
    with suppress(Exception):
        with transaction.atomic():
            count(where)
        return True
    return False


def count(where: dict[str, str]) -> None:
    said = {"last_at": Now(), "request_id": request_id.get()}
    if Fault.objects.filter(**where).update(times=F("times") + 1, **said):
        return
    if Fault.objects.count() >= MOST_PLACES:
        where = OTHER_PLACES
    fault, is_new = Fault.objects.get_or_create(**where, defaults={"request_id": request_id.get()})
    if not is_new:
        Fault.objects.filter(pk=fault.pk).update(times=F("times") + 1, **said)


def page_of(request: HttpRequest) -> str:
    """The name of the page, never its address, which may be a secret."""
    return request.resolver_match.view_name if request.resolver_match else ""


def place_of(error: BaseException) -> str:
    """The innermost line of ours that it came through, such as `store/views.py:87 in get`."""
    found = ""
    for frame, line in walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(settings.BASE_DIR) and "site-packages" not in file.parts:
            name = file.relative_to(settings.BASE_DIR)
            found = f"{name}:{line} in {frame.f_code.co_name}"
    return found


def tell_faults() -> int:
    """Mail the owner what has failed since the last such mail, at most once a day. A timer job.

    Where there is no address it stands on the desk all the same.
    """
    Fault.objects.filter(last_at__lte=Now() - KEPT_FOR).delete()
    to = settings.ERRORS_TO or ShopProfile.get_solo().email
    if not (to and Fault.objects.to_tell().exists()):
        return 0
    return mail_faults(to)


@transaction.atomic
def mail_faults(to: str) -> int:
    faults = list(Fault.objects.to_tell().select_for_update().order_by("-last_at"))
    # Asked when all are locked: another process may have told them just now.
    if not faults or Fault.objects.filter(mailed_at__gt=Now() - MAILED_EVERY).exists():
        return 0
    told, rest = faults[:PLACES_A_MAIL], faults[PLACES_A_MAIL:]
    enqueue_mail("repairshop.faults", to=to, context={"faults": told, "more": len(rest)})
    keys = [fault.pk for fault in faults]
    Fault.objects.filter(pk__in=keys).update(mailed=F("times"), mailed_at=Now())
    return len(faults)
