from odoo import api, fields, models


class O2cApprovalTest(models.TransientModel):
    """Shows what a flow would do with an order, and why. Changes nothing."""

    _name = "o2c.approval.test"
    _description = "Test an Approval Flow"

    flow_id = fields.Many2one("o2c.approval.flow", required=True, readonly=True)
    order_id = fields.Many2one("sale.order")
    obstacles = fields.Text(string="Why Not", compute="_compute_result")
    summary = fields.Char(compute="_compute_result")
    result = fields.Json(compute="_compute_result", export_string_translation=False)

    @api.depends("flow_id", "order_id")
    @api.depends_context("lang", "uid")
    def _compute_result(self):
        for test in self:
            order = test.order_id
            if not order:
                test.obstacles = test.summary = test.result = False
                continue
            # What is told of them is for those only who may read them.
            order.check_access("read")
            test.flow_id.check_access("read")
            # Conditions look at what not every manager may see; they tell no figures
            # that are not theirs.
            flow = test.sudo().flow_id
            test.obstacles = "\n".join(flow._explain_fit(order.sudo()))
            test.result = flow._explain(order.sudo())
            test.summary = test._summarize(test.result)

    def _summarize(self, result):
        steps = [step for stage in result["stages"] for step in stage]
        needed = [step["name"] for step in steps if step["state"] == "needed"]
        if self.order_id.sudo().o2c_discount_authority == "forbidden":
            return self.env._(
                "The order gives a discount that nobody may give: it cannot be submitted."
            )
        if not needed:
            return self.env._("No step is needed: the order is confirmed as it is.")
        return self.env._(
            "%(needed)s of %(count)s steps are needed: %(names)s",
            needed=len(needed),
            count=len(steps),
            names=needed,
        )
