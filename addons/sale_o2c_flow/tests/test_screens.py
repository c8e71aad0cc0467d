from odoo.tests import HttpCase, tagged

from .common import O2cCommon

# Passes once a record of the view is drawn, and fails with what the page shows else.
WAIT_FOR = """
    const end = Date.now() + 20000;
    const check = () => {
        const dialog = document.querySelector(".o_error_dialog");
        if (document.querySelector("%(selector)s")) {
            console.log("test successful");
        } else if (dialog || Date.now() > end) {
            console.error(`Not shown: %(selector)s ${dialog?.textContent || ""}`);
        } else {
            setTimeout(check, 100);
        }
    };
    check();
"""


@tagged("post_install", "-at_install", "o2c_browser")
class TestScreens(O2cCommon, HttpCase):
    """Each role's first screen draws, on the desk and on the phone."""

    PHONE = "375x667"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.salesperson, cls.order_admin, cls.shipper, cls.finance):
            user.password = user.login
        cls.waiting = cls.make_order()
        cls.waiting.action_o2c_submit()
        cls.order = cls.make_order()
        cls.flow.active = False
        cls.order.action_confirm()
        collection = cls.collect({cls.order: 100.0}, confirm=False)
        collection.action_submit()
        request = cls.request_invoice(cls.order, 100.0, issue=False)
        request.action_submit()

    def open(self, user, action, selector):
        self.browser_js(
            f"/odoo/action-sale_o2c_flow.{action}",
            WAIT_FOR % {"selector": selector},
            login=user.login,
        )

    def test_order_form(self):
        self.open(
            self.salesperson,
            f"action_sale_order_o2c/{self.order.id}",
            ".o_o2c_stage[data-stage=invoicing]",
        )

    def test_analysis(self):
        self.open(self.salesperson, "action_o2c_fact", ".o_pivot_cell_value")

    def test_desk_lists(self):
        row = ".o_data_row"
        self.open(self.order_admin, "action_o2c_approval_task_mine", row)
        self.open(self.shipper, "action_o2c_to_ship", row)
        self.open(self.finance, "action_o2c_collection_to_confirm", row)
        self.open(self.finance, "action_o2c_invoice_request_to_issue", row)

    def test_phone_cards(self):
        self.browser_size = self.PHONE
        card = ".o_kanban_record:not(.o_kanban_ghost)"
        self.open(
            self.order_admin, "action_o2c_approval_task_mine", f"{card} .btn-primary"
        )
        self.open(self.shipper, "action_o2c_to_ship", f"{card} .btn-primary")
        self.open(self.finance, "action_o2c_collection_to_confirm", card)
        self.open(self.finance, "action_o2c_invoice_request_to_issue", card)
