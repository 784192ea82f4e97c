# The web process, in a container: nobody's root, and nothing in it is written to but pictures and photos.
#
# Tried by hand: each step below, in order, in a Debian 12 made by debootstrap, with its Python 3.11; then the last command as `shop`, on a
# root mounted read-only with only /tmp, /dev/shm, media and private to write to, on a PostgreSQL beside it: `migrate`, `demo`, pages,
# pictures made by the timer. `/shop` has 131 MB packed, as a registry counts them, and 357 MB unpacked (2026-11-30).
# Not tried: building this file, and the base image, for no registry of images was at hand.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIPENV_VENV_IN_PROJECT=1 PATH=/shop/.venv/bin:$PATH
WORKDIR /shop

# First what changes rarely, so that a new version of the shop installs nothing anew.
COPY Pipfile Pipfile.lock ./
COPY bin/prune bin/
RUN python -m venv /opt/pipenv \
    && /opt/pipenv/bin/pip install pipenv==2026.10.3 \
    && /opt/pipenv/bin/pipenv sync \
    && bin/prune \
    && rm -rf /opt/pipenv ~/.cache ~/.local

COPY . .
# Needs no settings; pictures and photos lie in volumes that this user may write to.
RUN python manage.py collectstatic --no-input \
    && pybabel compile --directory locale --domain django \
    && python -m compileall -q -x '[.]venv' . \
    && useradd --system shop \
    && mkdir -p media private \
    && chown shop media private
USER shop
VOLUME ["/shop/media", "/shop/private"]
EXPOSE 8000

# One container migrates and serves. Of several, let one migrate before the others start.
CMD ["sh", "-c", "python manage.py migrate --no-input && exec gunicorn repairshop.wsgi"]
