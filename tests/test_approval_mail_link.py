"""Decisions from an e-mail, over HTTP: what the link does, and what it never does."""

import re
from urllib.parse import unquote, urlsplit

from o2c_rpc import RpcCase

from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import hash_sign

from odoo.addons.sale_o2c_flow.models.approval.decision_link import SCOPE


@tagged("post_install", "-at_install")
class TestApprovalMailLink(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order([(cls.product, 10)])
        cls.order.action_o2c_submit()
        cls.approve(cls.order, cls.order_admin)
        cls.task = cls.tasks_of(cls.finance, cls.order)
        cls.urls = cls.task.sudo()._get_decision_urls(cls.finance)

    def open(self, user, url=None):
        """Return the page behind a link, opened by somebody."""
        self.env.flush_all()
        self.as_user(user)
        page = self.url_open(self.path(url or self.urls["approve"]))
        self.env.invalidate_all()
        self.assertEqual(page.status_code, 200)
        return page

    def path(self, url):
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def send(self, page, decision, **values):
        """Send the form of a page, as the browser does."""
        action = re.search(r'action="(/o2c/approval/[^"]+/decide)"', page.text)[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        answer = self.url_open(
            action, data={"csrf_token": token, "decision": decision, **values}
        )
        self.env.invalidate_all()
        return answer

    def forge(self, *values):
        token = hash_sign(self.env["base"].sudo().env, SCOPE, list(values))
        return f"/o2c/approval/{token}"

    def assert_undecided(self):
        self.assertEqual(self.task.state, "pending")
        self.assertFalse(self.task.sudo().decision_ids)

    def test_approve(self):
        page = self.open(self.finance)
        for text in (self.order.name, "Customer", "Desk", "1,150.00"):
            self.assertIn(text, page.text)
        # Mail servers follow links, too.
        self.assert_undecided()
        self.assertIn("You approved", self.send(page, "approve").text)
        decision = self.task.sudo().decision_ids
        self.assertEqual(self.task.state, "approved")
        self.assertEqual((decision.user_id, decision.channel), (self.finance, "mail"))

    def test_the_last_approval_confirms(self):
        self.approve(self.order, self.warehouse)
        self.send(self.open(self.finance), "approve")
        self.assertEqual(self.order.state, "sale")

    def test_reject_needs_a_reason_and_keeps_what_was_typed(self):
        kind = self.env.ref("sale_o2c_flow.rejection_reason_credit")
        page = self.open(self.finance, self.urls["reject"])
        self.assertRegex(page.text, r"<details[^>]* open=")
        self.assertRegex(page.text, r'<textarea[^>]* name="comment"')
        page = self.send(page, "reject", comment="  ", reason_id=str(kind.id))
        self.assertIn("Say why you reject", page.text)
        self.assertRegex(page.text, rf'value="{kind.id}"\s+selected="')
        self.assert_undecided()
        page = self.send(page, "reject", comment="Over limit", reason_id=str(kind.id))
        self.assertIn("You rejected", page.text)
        self.assertEqual(self.task.state, "rejected")
        self.assertEqual(self.task.comment, "Over limit")
        self.assertEqual(self.task.reject_reason_id, kind)

    def test_signing_in_comes_first(self):
        self.authenticate(None, None)
        answer = self.url_open(self.path(self.urls["reject"]), allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        target = unquote(answer.headers["Location"])
        self.assertIn("/web/login", target)
        self.assertIn(self.path(self.urls["reject"]).split("?")[0], target)
        action = self.path(self.urls["approve"]).split("?")[0] + "/decide"
        self.url_open(action, data={"decision": "approve"}, allow_redirects=False)
        self.assert_undecided()

    def test_serves_nobody_else(self):
        for user in (self.finance2, self.salesperson, self.portal):
            page = self.open(user)
            self.assertIn("was made for Finance", page.text)
            self.assertNotIn("Desk", page.text)
            self.assertNotIn("<form", page.text)
        other = re.search(r'href="(/web/session/logout[^"]+)"', page.text)[1]
        answer = self.url_open(other)
        self.assertIn("/web/login?redirect=", answer.url)
        self.assertIn("/o2c/approval/", unquote(answer.url))
        self.assert_undecided()

    def test_posted_by_somebody_else(self):
        page = self.open(self.finance)
        action = re.search(r'action="(/o2c/approval/[^"]+/decide)"', page.text)[1]
        own = self.task.sudo()._get_decision_url(self.finance2, "approve")
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', self.open(self.finance2, own).text
        )[1]
        answer = self.url_open(
            action, data={"csrf_token": token, "decision": "approve"}
        )
        self.env.invalidate_all()
        self.assertIn("was made for Finance", answer.text)
        self.assert_undecided()

    def test_not_without_the_form(self):
        page = self.open(self.finance)
        action = re.search(r'action="(/o2c/approval/[^"]+/decide)"', page.text)[1]
        with mute_logger("odoo.http"):
            answer = self.url_open(action, data={"decision": "approve"})
            self.assertEqual(answer.status_code, 400)
            self.assertEqual(self.url_open(action).status_code, 405)
        self.assert_undecided()

    def test_once(self):
        page = self.open(self.finance)
        self.send(page, "approve")
        again = self.send(page, "reject", comment="Or not")
        self.assertIn("already decided by Finance", again.text)
        for user, url in (
            (self.finance, self.urls["reject"]),
            (self.finance2, self.task.sudo()._get_decision_url(self.finance2, "x")),
        ):
            self.assertIn("already decided by Finance", self.open(user, url).text)
        self.assertEqual(len(self.task.sudo().decision_ids), 1)

    def test_changed_meanwhile(self):
        page = self.open(self.finance)
        # The change lies within what was approved: the task stays.
        self.order.sudo().order_line.product_uom_qty = 9
        self.assertEqual(self.task.state, "pending")
        self.assertIn("was changed after", self.open(self.finance).text)
        self.assertIn("was changed after", self.send(page, "approve").text)
        self.assert_undecided()
        anew = self.task.sudo()._get_decision_url(self.finance, "approve")
        self.send(self.open(self.finance, anew), "approve")
        self.assertEqual(self.task.state, "approved")

    def test_taken_back_meanwhile(self):
        self.order.action_o2c_recall()
        self.assertIn("no longer waits for a decision", self.open(self.finance).text)

    def test_too_old(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("sale_o2c_flow.decision_link_days", "0")
        url = self.task.sudo()._get_decision_url(self.finance, "approve")
        self.assertIn("too old", self.open(self.finance, url).text)
        parameters.set_param("sale_o2c_flow.decision_link_days", "x")
        url = self.task.sudo()._get_decision_url(self.finance, "approve")
        self.assertIn("Approve", self.open(self.finance, url).text)

    def test_damaged_or_made_up(self):
        path = self.path(self.urls["approve"]).split("?")[0]
        for url in (path[:-4], path + "x", path[:-1] + "%C3%A4", "/o2c/approval/x"):
            page = self.open(self.finance, url)
            self.assertIn("not complete", page.text)
        self.assert_undecided()

    def test_a_task_that_is_gone(self):
        url = self.forge(10**9, self.finance.id, "0" * 64, 2**40)
        self.assertIn("nothing left to decide", self.open(self.finance, url).text)

    def test_a_person_of_two_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.finance.company_ids += company
        self.finance.company_id = company
        page = self.open(self.finance)
        self.assertIn("You approved", self.send(page, "approve").text)

    def test_the_order_itself(self):
        self.as_user(self.finance)
        answer = self.url_open(self.path(self.urls["open"]), allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn(str(self.order.id), answer.headers["Location"])
