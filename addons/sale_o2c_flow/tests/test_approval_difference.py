from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from odoo.addons.sale_o2c_flow.models.approval.content_difference import (
    find_differences,
)

from .common import O2cCommon
from .test_approval_content import make


@tagged("post_install", "-at_install")
class TestDifferences(BaseCase):
    """What changed between two contents, as data."""

    def test_nothing(self):
        self.assertEqual(find_differences(make((100.0, 5)), make((100.0, 5))), [])

    def test_figures(self):
        found = find_differences(
            make((100.0, 5)), make((90.0, 8), discount=10.0, payment_term_id=2)
        )
        self.assertEqual(
            found,
            [
                ("term", "payment_term_id", 1, 2),
                ("quantity", "7/1/", 5, 8),
                ("price", "7/1/", [[100.0, 5]], [[90.0, 8]]),
                ("discount", 0.0, 10.0),
                ("total", 500.0, 720.0),
            ],
        )

    def test_goods_come_and_go(self):
        other = make((100.0, 5), lines={"8/1/": [5, 100.0]}, prices={})
        found = find_differences(make((100.0, 5)), other)
        self.assertEqual(
            found, [("added", "8/1/", [[100.0, 5]]), ("removed", "7/1/", [[100.0, 5]])]
        )

    def test_other_unit_or_taxes(self):
        other = make((100.0, 5), lines={"7/2/3": [5, 100.0]}, prices={})
        self.assertEqual(
            [item[0] for item in find_differences(make((100.0, 5)), other)], ["terms"]
        )

    def test_contents_of_before(self):
        """What a content does not say has not changed."""
        old = make((100.0, 5))
        del old["partner_invoice_id"]
        self.assertEqual(find_differences(old, make((100.0, 5))), [])


@tagged("post_install", "-at_install")
class TestDifferenceInWords(O2cCommon):
    """What changed, as people read it."""

    def describe(self, order, vals):
        before = order._o2c_take_content()
        order.write(vals)
        return order._o2c_describe_difference(before, order._o2c_take_content())

    def test_sentences(self):
        order = self.make_order([(self.product, 5, 90.0), (self.product2, 1)])
        term = self.env.ref("account.account_payment_term_30days")
        desk, chair = order.order_line
        money = order.currency_id.format
        sentences = self.describe(
            order,
            {
                "payment_term_id": term.id,
                "order_line": [
                    Command.update(desk.id, {"product_uom_qty": 8, "price_unit": 80.0}),
                    Command.delete(chair.id),
                    Command.create(
                        self._prepare_line(self._make_product("Lamp", 30.0), 2.5)
                    ),
                ],
            },
        )
        self.assertIn("Desk: 5 → 8 Units", sentences)
        self.assertIn(f"Desk: net price {money(90)} → {money(80)}", sentences)
        self.assertIn(f"Lamp added: 2.50 Units at {money(30)}", sentences)
        self.assertIn(f"Chair removed: 1 Units at {money(33.33)}", sentences)
        self.assertIn(f"Payment Terms: none → {term.name}", sentences)
        self.assertTrue(any(text.startswith("Total: ") for text in sentences))

    def test_several_prices_and_goods_back(self):
        order = self.make_order([(self.product, 2, 90.0)])
        money = order.currency_id.format
        lines = [(self.product, 3, 80.0), (self.product, -1, 50.0)]
        sentences = self.describe(
            order,
            {"order_line": [Command.create(self._prepare_line(*x)) for x in lines]},
        )
        self.assertIn(
            f"Desk: net price 2 Units at {money(90)} → "
            f"3 Units at {money(80)}, 2 Units at {money(90)}",
            sentences,
        )
        self.assertIn(f"Desk (goes back) added: 1 Units at {money(-50)}", sentences)

    def test_taxes_and_units(self):
        order = self.make_order([(self.product, 2)])
        dozen = self.env.ref("uom.product_uom_dozen")
        line = order.order_line
        taxes = {"order_line": [Command.update(line.id, {"tax_ids": [(5,)]})]}
        self.assertIn("Desk, with other taxes", self.describe(order, taxes)[0])
        units = {"order_line": [Command.update(line.id, {"product_uom_id": dozen.id})]}
        self.assertIn("→ 2 Dozens at", self.describe(order, units)[0])

    def test_deleted_product_keeps_its_number(self):
        order = self.make_order([(self.product, 2)])
        before = order._o2c_take_content()
        gone = self._make_product("Gone", 1.0)
        key = f"{gone.id}/1/"
        after = {**before, "lines": {**before["lines"], key: [1.0, 1.0]}}
        gone_id = gone.id
        self.env["stock.quant"].search([("product_id", "=", gone_id)]).unlink()
        gone.unlink()
        self.assertIn(
            f"{gone_id} added", order._o2c_describe_difference(before, after)[0]
        )

    def test_changes_since_my_decision(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.assertFalse(self.tasks_of(self.order_admin, order).changes)
        self.approve(order, self.order_admin)
        order.action_o2c_recall()
        order.order_line.product_uom_qty = 15
        order.action_o2c_submit()
        task = self.tasks_of(self.order_admin, order)
        self.assertIn("Desk: 10 → 15 Units", task.changes)
        # Somebody who has not decided yet has nothing to compare with.
        self.assertFalse(task.with_user(self.director).changes)
        task.action_approve()
        self.assertFalse(task.changes)

    def test_return_says_what_changed(self):
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        order.sudo().order_line.product_uom_qty = 12
        note = order._o2c_get_event_note("approval_returned")
        self.assertIn("Desk: 10 → 12 Units", note)

    def test_reason_is_renewed(self):
        step = self.flow.step_ids.filtered(lambda s: s.name == "Director")
        self.assertTrue(step)
        order = self.make_order([(self.product, 10, None, 25.0)])
        order.action_o2c_submit()
        task = order.sudo().o2c_task_ids.filtered(lambda t: t.step_id == step)
        before = task.reason
        order.sudo().order_line.discount = 30.0
        self.assertNotEqual(task.reason, before)
        self.assertIn("30.00", task.reason)


@tagged("post_install", "-at_install")
class TestDecisionRecord(O2cCommon):
    """Who decided, on what, and where: for good."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order([(cls.product, 3, 90.0)])
        cls.order.action_o2c_submit()
        cls.approve(cls.order, cls.order_admin)
        cls.decision = cls.order.sudo().o2c_task_ids.decision_ids

    def test_snapshot_is_frozen(self):
        snapshot = self.decision.snapshot
        for text in ("Customer", "Desk", "3.00 Units", "90.00"):
            self.assertIn(text, snapshot)
        self.order.sudo().order_line.product_uom_qty = 7
        self.assertEqual(self.decision.snapshot, snapshot)
        self.assertNotIn("7.00", snapshot)

    def test_names_cannot_break_the_snapshot(self):
        self.product.name = "<script>alert(1)</script>Desk"
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        snapshot = order.sudo().o2c_task_ids.decision_ids.snapshot
        self.assertNotIn("<script", snapshot)
        self.assertIn("alert(1)", snapshot)

    def test_channel_without_a_request(self):
        self.assertEqual(self.decision.channel, "automatic")
        task = self.tasks_of(self.finance, self.order)
        task.with_context(channel="web", default_channel="web").action_approve()
        self.assertEqual(task.sudo().decision_ids.channel, "automatic")

    def test_fingerprint_is_verified(self):
        self.assertTrue(self.decision.verified)
        self.env.cr.execute(
            "UPDATE o2c_approval_decision SET content = "
            "jsonb_set(content, '{amount_total}', '1') WHERE id = %s",
            [self.decision.id],
        )
        self.decision.invalidate_recordset()
        self.assertFalse(self.decision.verified)

    def test_nobody_deletes_them_with_the_order(self):
        self.order.action_cancel()
        for record in (self.order.sudo(), self.order.sudo().o2c_task_ids):
            with self.refused("Cancel it instead"):
                record.unlink()
        draft = self.make_order()
        draft.action_o2c_submit()
        draft.action_o2c_recall()
        draft.sudo().unlink()
        self.assertFalse(draft.exists())

    def test_nobody_rewrites_them(self):
        for name in ("comment", "channel", "snapshot", "content", "fingerprint"):
            with self.assertRaises(UserError):
                self.decision.sudo().write({name: "{}"})
        result = self.env["o2c.approval.decision"].load(
            [".id", "comment"], [[str(self.decision.id), "Forged"]]
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self.decision.comment)


@tagged("post_install", "-at_install")
class TestManyDifferences(O2cCommon):
    """What changed is told of many orders without a query for each."""

    def count_queries(self, records, name):
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        texts = records.mapped(name)
        self.assertTrue(all(texts))
        return self.env.cr.sql_log_count - start

    def check_lists(self, records, name):
        self.count_queries(records, name)
        few, many = (self.count_queries(r, name) for r in (records[:2], records))
        self.assertLessEqual(many, few)

    def test_inbox(self):
        orders = self.make_order()
        for _number in range(5):
            orders |= self.make_order([(self.product, 2), (self.product2, 1)])
        orders.action_o2c_submit()
        for order in orders:
            self.approve(order, self.order_admin)
            order.sudo().order_line[:1].product_uom_qty += 5
        tasks = self.env["o2c.approval.task"].with_user(self.order_admin)
        self.check_lists(tasks.search([("waits_for_me", "=", True)]), "changes")

    def test_changes_of_confirmed_orders(self):
        changes = self.env["o2c.order.change"]
        for number in range(5):
            order = self.make_confirmed_order([(self.product, 10 + number)])
            command = Command.update(order.order_line.id, {"product_uom_qty": 20})
            changes |= changes.browse(
                order.with_user(self.salesperson).o2c_propose_change(
                    {"order_line": [command]}
                )
            )
        self.check_lists(changes.with_user(self.salesperson), "difference")
        tasks = self.env["o2c.approval.task"].with_user(self.order_admin)
        self.check_lists(tasks.search([("waits_for_me", "=", True)]), "changes")
