"""From an order to all that is known of whoever has placed it."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from store.models import Order
from typed.phones import significant_digits


class WhoseMixin(admin.ModelAdmin):
    @admin.display(description=_("everything about them"))
    def whose(self, order: Order) -> SafeString | str:
        """The page of the account, or of what a guest is known by."""
        if order.customer_id:
            page = reverse("person", args=[order.customer_id])
        elif order.email or significant_digits(order.phone):
            known = {"email": order.email} if order.email else {"phone": order.phone}
            page = f"{reverse('person-guest')}?{urlencode(known)}"
        else:
            return "–"
        return format_html('<a href="{}">{}</a>', page, order.name or order.email or order.phone)
