"""The shop's own settings, with the bare views beside its pages."""

from repairshop.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
