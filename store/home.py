"""Forms of all apps offer the shop's country first."""

from accounts.home import HOMES
from store.models import ShopProfile

HOMES.append(lambda: ShopProfile.for_pages().country_code)
