"""A browser in words, from what it says of itself. Only for people to recognise their own."""

from django.utils.translation import gettext as _

# The first that is named decides: most browsers name those they are like as well.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def browser_in_words(user_agent: str) -> str:
    """Such as "Firefox on Windows"."""
    browsers = [name for sign, name in BROWSERS.items() if sign in user_agent]
    systems = [name for sign, name in SYSTEMS.items() if sign in user_agent]
    if not browsers or not systems:
        return browsers[0] if browsers else _("Some other program")
    return _("%(browser)s on %(system)s") % {"browser": browsers[0], "system": systems[0]}
