"""A shop's copy in one folder: database, files, settings without secrets, and what each must be.

`manage.py backup FOLDER` makes it and `manage.py restore FOLDER` takes it back into an empty shop,
which may lie on another database than the one it was made of.
"""
