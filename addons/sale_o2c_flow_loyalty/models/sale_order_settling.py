from odoo import models
from odoo.fields import Command

from .granting import is_working_out


class SaleOrder(models.Model):
    """Rewards follow what they were given for."""

    _inherit = "sale.order"

    def _o2c_settle_rewards(self):
        """Bring the rewards of quotations in line with what the quotations say now."""
        # Whoever submits or confirms an order need not know about its promotions.
        for order in self.sudo():
            if order.state in ("draft", "sent") and order.order_line.reward_id:
                order._update_programs_and_rewards()

    def _o2c_settle_confirmed(self, before):
        """Bring rewards of confirmed orders in line, where the goods changed that they
        were given for. What else happens to such orders leaves them alone.

        :param dict before: what the orders said before the change, by id
        """
        for order in self.sudo():
            share = before[order.id].get("measures", {}).get("rewards", 0.0)
            if order._o2c_get_reward_share() != share:
                earned = order._o2c_get_earned_points()
                order._update_programs_and_rewards()
                order._o2c_rebook_points(earned)

    def write(self, vals):
        if vals.get("order_line") and is_working_out(self.env):
            vals = {**vals, "order_line": self._o2c_keep_moved(vals["order_line"])}
        return super().write(vals)

    def _o2c_keep_moved(self, commands):
        """Return commands on order lines that take gifts back whose goods are on their
        way: Odoo follows a quantity, and keeps the line."""
        lines = self.order_line
        return [
            Command.update(command[1], {"product_uom_qty": 0.0})
            if command[0] == Command.DELETE
            and lines.browse(command[1])._o2c_is_on_its_way()
            else command
            for command in commands
        ]

    def _o2c_get_earned_points(self):
        """Return the points that the order gives to cards, by card."""
        self.ensure_one()
        entries = self.coupon_point_ids.filtered("points")
        return {entry.coupon_id: entry.points for entry in entries}

    def _o2c_rebook_points(self, earned):
        """Book on the cards what a confirmed order earns now: loyalty keeps it on the
        order only.

        :param dict earned: the points by card before
        """
        now = self._o2c_get_earned_points()
        for card, points in earned.items():
            if card.exists() and now.get(card, 0.0) != points:
                card.points += now.get(card, 0.0) - points
        domain = [("order_model", "=", self._name), ("order_id", "=", self.id)]
        self.env["loyalty.history"].search(domain).unlink()
        self._add_loyalty_history_lines()
