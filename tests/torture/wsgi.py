"""The shop with one protection taken out: `CONTROL` names what takes it out."""

import os

from django.utils.module_loading import import_string

from repairshop.wsgi import application

__all__ = ["application"]

# Not imported above: it needs the models, which are ready only now.
import_string(f"tests.torture.{os.environ['CONTROL']}")()
