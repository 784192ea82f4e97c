from accounts.admin import mails, people, wordings

__all__ = ["mails", "people", "wordings"]
