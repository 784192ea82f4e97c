"""Where links in the demo shop's mails lead: to where `make run` serves it."""

import os

SITE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
