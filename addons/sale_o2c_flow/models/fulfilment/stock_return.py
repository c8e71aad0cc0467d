from odoo import api, fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _get_proc_values(self, line):
        values = super()._get_proc_values(line)
        # Only what counts as returned is made up for.
        return {**values, "o2c_is_exchange": line.to_refund}


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "o2c_is_exchange"]


class StockMove(models.Model):
    _inherit = "stock.move"

    o2c_is_exchange = fields.Boolean(
        string="In Exchange", readonly=True, help="Goes out for what came back."
    )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        # An exchange stays apart from what the order itself still waits for.
        return [*super()._prepare_merge_moves_distinct_fields(), "o2c_is_exchange"]

    @api.model
    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        # Whereas what is ordered no more is taken from what waits, whichever it is.
        return [
            *super()._prepare_merge_negative_moves_excluded_distinct_fields(),
            "o2c_is_exchange",
        ]
