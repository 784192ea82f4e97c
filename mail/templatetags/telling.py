"""For templates that say what is mailed, or what is to be done instead."""

from django import template

from mail import telling

register = template.Library()
register.filter("gets_mail", telling.gets_mail)
register.simple_tag(telling.no_mail)
