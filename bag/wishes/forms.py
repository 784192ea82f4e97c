from django.utils.translation import gettext_lazy as _

from accounts.forms import EmailAddressField
from bag.waitlist.forms import WaitlistForm


class WishForm(WaitlistForm):
    """Where to write when something like a thing comes in; customers need not say."""

    email = EmailAddressField(
        help_text=_("Only for this, once a day at most, and for half a year. Nobody else sees it.")
    )
