from bag.admin.asked import ShippingRequestAdmin
from bag.admin.holds import HoldAdmin

__all__ = ["HoldAdmin", "ShippingRequestAdmin"]
