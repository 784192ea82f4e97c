from accounts.admin import factors, people, security_log

__all__ = ["factors", "people", "security_log"]
