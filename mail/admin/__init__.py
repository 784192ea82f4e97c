from mail.admin import mails, wordings

__all__ = ["mails", "wordings"]
