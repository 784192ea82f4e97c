from accounts.admin import factors, groups, people, retention, security_log, wordings

__all__ = ["factors", "groups", "people", "retention", "security_log", "wordings"]
