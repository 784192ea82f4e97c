from accounts.admin import factors, people, security_log, wordings

__all__ = ["factors", "people", "security_log", "wordings"]
