from bag.admin.holds import HoldAdmin

__all__ = ["HoldAdmin"]
