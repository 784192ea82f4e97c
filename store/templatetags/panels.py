from django import template
from django.db.models import Model
from django.template import Context
from django.utils.safestring import SafeString

from store.panels import render_panel

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, place: str, subject: Model) -> SafeString:
    """What an app above says about an order or ticket at a place of this page."""
    return render_panel(context, place, subject)
