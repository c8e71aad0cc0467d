from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "o2c.protected.mixin"]

    o2c_level_id = fields.Many2one(
        related="partner_id.commercial_partner_id.o2c_level_id",
        string="Customer Level",
        store=True,
        index="btree_not_null",
    )
    o2c_progress = fields.Json(
        string="Progress",
        compute="_compute_o2c_progress",
        export_string_translation=False,
    )

    @api.depends("state")
    def _compute_o2c_progress(self):
        for order in self:
            stages = order._o2c_get_progress_stages()
            order.o2c_progress = sorted(stages, key=lambda stage: stage["sequence"])

    def _o2c_get_progress_stages(self):
        """Return the stages of the path from order to cash, for the progress line.

        Each concern adds its own.

        :rtype: list[dict] with ``sequence``, ``code``, ``label``, ``state`` (one of
            ``todo``, ``active``, ``done``, ``alert``) and a short ``detail``
        """
        self.ensure_one()
        return []
