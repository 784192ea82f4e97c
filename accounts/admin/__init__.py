from accounts.admin import factors, people, retention, security_log, wordings

__all__ = ["factors", "people", "retention", "security_log", "wordings"]
