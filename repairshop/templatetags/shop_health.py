from django import template

from repairshop.health import check_health

register = template.Library()
register.simple_tag(check_health, name="shop_health")
