from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def colon(name: str) -> str:
    """With a colon, before which some languages have a space."""
    return gettext("%s:") % name
