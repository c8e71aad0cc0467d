"""Through which channel something is decided, as the server sees it."""

import threading

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
    if request:
        path = request.httprequest.path
        return "api" if path.startswith(API_PATHS) else "web"
    # Odoo hides the request from calls with a password, and only from these; a thread
    # that never served one has no address.
    return "api" if hasattr(threading.current_thread(), "url") else "automatic"


def is_saving_a_form():
    """Whether somebody saves a form on screen, who can be shown a dialog."""
    return bool(request) and request.httprequest.path.endswith("/web_save")
