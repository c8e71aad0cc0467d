"""People who work over JSON-RPC, each with a session of their own."""

import json
from contextlib import contextmanager

import odoo.http
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from odoo.addons.sale_o2c_flow.tests.common import O2cCommon

# What the server answers to somebody it turns away, as opposed to breaking down.
REFUSALS = {
    f"odoo.exceptions.{name}"
    for name in ("AccessError", "UserError", "ValidationError")
}


class RpcError(Exception):
    """What the server answered instead of a result."""

    def __init__(self, data):
        super().__init__(f"{data['name']}: {data['message']}")
        self.name = data["name"]
        self.message = data["message"]


class RpcCase(O2cCommon, HttpCase):
    """The small company, worked by its people through the web client's own routes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.openers = {}
        cls.idle = cls._make_user("idle", "base.group_user")
        cls.portal = cls._make_user("portal", "base.group_portal")

    def as_user(self, user):
        """Send what follows as this user, with a session that stays open."""
        key = (self._testMethodName, user.login)
        if key not in self.openers:
            # Signing in would close the session that was open before.
            self.session = None
            self.authenticate(user.login, user.login)
            self.addCleanup(odoo.http.root.session_store.delete, self.session)
            self.openers[key] = self.opener
        self.opener = self.openers[key]

    def post(self, route, params):
        """Call a JSON-RPC route and return its result.

        :raise RpcError: with what the server answered
        """
        self.env.flush_all()
        # Not through the client's own JSON: it would keep NaN from the server.
        payload = json.dumps(self.build_rpc_payload(params))
        headers = {"Content-Type": "application/json"}
        with mute_logger("odoo.http"):
            response = self.url_open(route, payload, headers=headers, timeout=60)
        self.env.invalidate_all()
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"]["data"])
        return answer.get("result")

    def rpc(self, user, records, method, *args, **kwargs):
        """Call a method as the web client does.

        :param user: who calls
        :param records: the records it is called on; a model's name for a method of
            the model itself
        """
        self.as_user(user)
        if not isinstance(records, str):
            args = (records.ids, *args)
            records = records._name
        return self.post(
            f"/web/dataset/call_kw/{records}/{method}",
            {"model": records, "method": method, "args": args, "kwargs": kwargs},
        )

    @contextmanager
    def turned_away(self, pattern="", names=REFUSALS):
        """Check that the server refuses what follows, and says so."""
        with self.assertRaisesRegex(RpcError, pattern) as caught:
            yield caught
        self.assertIn(caught.exception.name, names, caught.exception)

    def assert_refused(self, user, records, method, *args, pattern="", **kwargs):
        """Check that a call is refused with a message for people."""
        with self.turned_away(pattern):
            self.rpc(user, records, method, *args, **kwargs)
