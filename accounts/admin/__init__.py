from accounts.admin import factors, people

__all__ = ["factors", "people"]
