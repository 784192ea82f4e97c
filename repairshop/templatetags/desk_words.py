"""What lists are called on the desk, for the pages of the admin."""

from typing import Any

from django import template

from repairshop.front_desk.titles import adding, list_name

register = template.Library()
register.filter("list_name", list_name)
register.filter("adding", adding)


@register.inclusion_tag("admin/_trail.html")
def trail(opts: Any) -> dict[str, Any]:
    """The way from the desk to a list, as the beginning of the breadcrumbs."""
    return {"opts": opts}
