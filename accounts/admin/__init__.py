from accounts.admin import people

__all__ = ["people"]
