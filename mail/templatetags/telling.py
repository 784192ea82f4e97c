"""For templates that say what is mailed, or what is to be done instead."""

from django import template

from mail import telling
from mail.sending import has_server

register = template.Library()
register.filter("gets_mail", telling.gets_mail)
register.simple_tag(telling.no_mail)
# For pages that do not know to whom.
register.simple_tag(has_server, name="mail_goes")
