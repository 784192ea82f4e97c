"""No page of the admin shows the keys of authenticator apps, which their library would."""

from django.contrib import admin
from django_otp.plugins.otp_totp.models import TOTPDevice

admin.site.unregister(TOTPDevice)
