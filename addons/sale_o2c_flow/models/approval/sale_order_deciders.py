from odoo import models

# Kept on the cursor: callers can forge a context, not this.
ASKED = "o2c_approval_asked"


class SaleOrder(models.Model):
    """Who is asked to decide, and their to-dos."""

    _inherit = "sale.order"

    def _o2c_get_audience(self, audience, rule):
        asked = self.env.cr.cache.get(ASKED)
        if audience == "decider":
            if asked:
                return self.env["res.users"].browse(asked["user_ids"])
            return self._o2c_get_pending_tasks()._get_asked()
        if asked and not asked["others"]:
            return self.env["res.users"]
        return super()._o2c_get_audience(audience, rule)

    def _o2c_notify_deciders(self, event, users, others=True):
        """Tell of an event, of the deciders only some.

        :param str event: see :meth:`_o2c_notify`
        :param users: the deciders it concerns
        :param bool others: tell the other audiences the rules name, too
        """
        self.ensure_one()
        cache = self.env.cr.cache
        cache[ASKED] = {"user_ids": users.ids, "others": others}
        try:
            self._o2c_notify(event)
        finally:
            del cache[ASKED]

    def _o2c_move_todos(self, joined, left):
        """Ask those who decide now, and no longer those who do not.

        :param joined: users who are to decide something of the order from now on
        :param left: users who are not any more
        """
        self.ensure_one()
        left -= self._o2c_get_pending_tasks()._get_asked()
        if left:
            self._o2c_close_todos("approval_requested", users=left)
        if joined:
            self._o2c_notify_deciders("approval_requested", joined, others=False)
