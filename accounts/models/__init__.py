from accounts.models.mail import Mail, MailQuerySet, Wording
from accounts.models.person import LONGEST_EMAIL, Address, Customer, User, UserManager

__all__ = [
    "LONGEST_EMAIL",
    "Address",
    "Customer",
    "Mail",
    "MailQuerySet",
    "User",
    "UserManager",
    "Wording",
]
