"""Nobody among the staff gives rights that they have not, or touches who has more than they."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.groups import GROUPS
from accounts.models import User


def rights_of(user: User) -> set[int]:
    """What this person may do, or might when active; of superusers, what is written besides."""
    given = Q(group__user=user) | Q(user=user)
    return set(Permission.objects.filter(given).values_list("pk", flat=True))


def has_more_than(user: User, actor: User) -> bool:
    """Whether `actor` must leave this person alone: they may do what `actor` may not."""
    if actor.is_superuser:
        return False
    return user.is_beyond_managers or not rights_of(user) <= rights_of(actor)


def groups_given_by(actor: User) -> QuerySet[Group]:
    """The groups into which `actor` may put people: those that let them do no more."""
    if actor.is_superuser:
        return Group.objects.all()
    more = Permission.objects.exclude(pk__in=rights_of(actor))
    return Group.objects.filter(name__in=GROUPS).exclude(permissions__in=more)
