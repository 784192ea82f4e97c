"""The rehearsal of `git push heroku`: `make rehearsal`.

Does one after another what Heroku's Python buildpack and a dyno do, in an environment that has
nothing of this machine but its Python, and the way to its packages (`machine.py`). PostgreSQL and
PgBouncer are the system's own. It is a copy of what the buildpack is documented to do, and of its
published scripts as of July 2026 (v347); Heroku itself is not asked.
"""
