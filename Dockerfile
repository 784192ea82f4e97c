# The web process, in a container.
#
# Tried by hand, step by step, in a clean folder with Python 3.11: the installation into a fresh environment, `collectstatic`,
# `migrate`, gunicorn as another user against a PostgreSQL on loopback, with the environment that compose.yaml gives.
# Not tried: building this file, and the base image, for no registry of images was at hand.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIPENV_VENV_IN_PROJECT=1
WORKDIR /shop

# First what changes rarely, so that a new version of the shop installs nothing anew.
COPY Pipfile Pipfile.lock ./
RUN python -m venv /opt/pipenv \
    && /opt/pipenv/bin/pip install pipenv==2026.10.3 \
    && /opt/pipenv/bin/pipenv sync \
    && rm -rf /opt/pipenv

COPY . .
# Needs no settings; pictures and photos lie in volumes that this user may write to.
RUN .venv/bin/python manage.py collectstatic --no-input \
    && .venv/bin/pybabel compile --directory locale --domain django \
    && useradd --system shop \
    && mkdir -p media private \
    && chown shop media private
USER shop
VOLUME ["/shop/media", "/shop/private"]
EXPOSE 8000

# One container migrates and serves. Of several, let one migrate before the others start.
CMD ["sh", "-c", ".venv/bin/python manage.py migrate --no-input && exec .venv/bin/gunicorn repairshop.wsgi"]
