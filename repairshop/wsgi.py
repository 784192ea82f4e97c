import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repairshop.settings")

application = get_wsgi_application()

# After the application, so that models are ready; here, so that `migrate`, `shell`
# and tests, which never import this module, have no timer and wait as long as it takes.
from repairshop import database_timeout, timer  # noqa: E402

database_timeout.limit_waiting()
timer.start()
