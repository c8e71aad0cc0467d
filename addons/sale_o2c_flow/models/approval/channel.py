"""Through which channel something is decided, as the server sees it."""

from odoo.http import request

CHANNELS = [
    ("web", "On screen"),
    ("list", "From the list, many at once"),
    ("mail", "From a mail"),
    ("api", "Through the interface for programs"),
    ("automatic", "Automatically"),
]
# Where programs call; nothing a caller says about themselves counts.
API_PATHS = ("/json/", "/jsonrpc", "/xmlrpc/")


def get_channel():
    """Return the channel of the request at hand.

    :rtype: str, ``automatic`` where nobody asks: a scheduled action or a script
    """
    if not request:
        return "automatic"
    return "api" if request.httprequest.path.startswith(API_PATHS) else "web"


def is_saving_a_form():
    """Whether somebody saves a form on screen, who can be shown a dialog."""
    return bool(request) and request.httprequest.path.endswith("/web_save")
