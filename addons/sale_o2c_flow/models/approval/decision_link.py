"""Deciding from an e-mail: a signed link to a page that asks for the decision.

The link names the task, its user, the content of the order and until when it holds.
Opening it decides nothing (mail servers open links, too), and signing in is asked for
as anywhere else. A task is decided once by a person, and so serves the link once.
"""

import time
from binascii import Error as Base64Error

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import hash_sign, verify_hash_signed

from .content import get_fingerprint

SCOPE = "sale_o2c_flow.decision_link"
DAYS_PARAMETER = "sale_o2c_flow.decision_link_days"
DEFAULT_DAYS = 7
SECONDS_PER_DAY = 24 * 60 * 60


class O2cApprovalTask(models.Model):
    _inherit = "o2c.approval.task"

    def _get_decision_url(self, user, decision):
        """Return the link with which a user decides the task from an e-mail.

        :param user: whom it is for; it serves nobody else
        :param str decision: ``approve`` or ``reject``, offered first on the page
        """
        self.ensure_one()
        token = self._sign_decision_link(user)
        return f"{self.get_base_url()}/o2c/approval/{token}?decision={decision}"

    def _get_decision_urls(self, user):
        """Return the links for an e-mail to a decider: ``approve`` and ``reject``, and
        ``open`` for the order itself."""
        self.ensure_one()
        token = self._sign_decision_link(user)
        page = f"{self.get_base_url()}/o2c/approval/{token}"
        return {
            "approve": f"{page}?decision=approve",
            "reject": f"{page}?decision=reject",
            "open": f"{self.get_base_url()}/mail/view?model=sale.order"
            f"&res_id={self.order_id.id}",
        }

    def _sign_decision_link(self, user):
        # The signature takes the secret of the database, which only the system reads.
        until = int(time.time()) + self._get_link_days() * SECONDS_PER_DAY
        return hash_sign(
            self.sudo().env,
            SCOPE,
            [self.id, user.id, self._get_order_fingerprint(), until],
        )

    @api.model
    def _get_link_days(self):
        days = self.env["ir.config_parameter"].sudo().get_param(DAYS_PARAMETER, "")
        return int(days) if days.isdecimal() else DEFAULT_DAYS

    def _get_order_fingerprint(self):
        return get_fingerprint(self.sudo()._get_content())

    @api.model
    def _open_decision_link(self, token):
        """Return the task of a link, to be decided by the user at hand.

        :raise UserError: saying why the link cannot be used (any more)
        """
        values = self._verify_decision_link(token)
        if not values:
            raise UserError(
                self.env._(
                    "This link is not complete. Open the message again and click the "
                    "button in it, or copy the whole link."
                )
            )
        task_id, user_id, fingerprint, until = values
        if user_id != self.env.uid:
            # The link was signed by us: the name of its user is no secret.
            meant = self.env["res.users"].sudo().browse(user_id)
            raise UserError(
                self.env._(
                    "This link was made for %(user)s, and you are signed in as "
                    "%(me)s. Sign in as %(user)s to decide.",
                    user=meant.name,
                    me=self.env.user.name,
                )
            )
        # A page of its own knows no chosen companies: all of the user's count.
        companies = self.env.user.company_ids.ids
        task = self.with_context(allowed_company_ids=companies).browse(task_id)
        task._check_decision_link(fingerprint, until)
        return task

    @api.model
    def _verify_decision_link(self, token):
        try:
            return verify_hash_signed(self.sudo().env, SCOPE, token)
        except (Base64Error, ValueError):
            return None

    def _check_decision_link(self, fingerprint, until):
        if not self.exists() or not self.has_access("read"):
            raise UserError(
                self.env._(
                    "There is nothing left to decide here: the order was deleted, or "
                    "is no longer yours to see."
                )
            )
        # Who decided is told first, however old the message is.
        task = self.sudo()
        if refusal := task._get_refusal():
            raise UserError(refusal)
        order = task.order_id.name
        if until <= time.time():
            raise UserError(
                self.env._("This link is too old. Open %s to decide.", order)
            )
        if fingerprint != task._get_order_fingerprint():
            raise UserError(
                self.env._(
                    "%s was changed after this message was sent. Open it and decide on "
                    "what it says now.",
                    order,
                )
            )

    @api.model
    def _decide_by_link(self, token, decision, comment=None, reason_id=None):
        """Decide with a link, as the user at hand.

        :param str decision: ``approve`` or ``reject``
        :return: the task
        :raise UserError: if the link cannot be used, a rejection says no reason, or
            the task may not be decided
        """
        task = self._open_decision_link(token)
        # Nobody changes the order between the look at it and the decision.
        task._take_to_decide()
        task = self._open_decision_link(token)
        if decision == "approve":
            task._decide("approved", channel="mail")
        else:
            comment = task._check_reject_comment(comment)
            reason = self.env["o2c.rejection.reason"]._find(reason_id)
            task._decide("rejected", comment, channel="mail", reason=reason)
        return task


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_get_decision_links(self, user):
        links = super()._o2c_get_decision_links(user)
        waiting = self._o2c_get_pending_tasks().filtered(
            lambda task: user in task.user_ids
        )
        for task in waiting[:1]:
            urls = task._get_decision_urls(user)
            links[self.env._("Approve")] = urls["approve"]
            links[self.env._("Reject")] = urls["reject"]
        return links
