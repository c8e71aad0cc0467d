from odoo.tests import HttpCase, tagged

from .common import O2cCommon

# Does one step after another, each once its element is there; fails with the page's
# error else.
STEPS = """
    const steps = [%(steps)s];
    const end = Date.now() + 30000;
    const next = () => {
        const element = steps.length && document.querySelector(steps[0][0]);
        const dialog = document.querySelector(".o_error_dialog");
        if (!steps.length) {
            console.log("test successful");
        } else if (dialog || Date.now() > end) {
            console.error(`Not there: ${steps[0][0]} ${dialog?.textContent || ""}`);
        } else if (element) {
            steps.shift()[1](element);
            setTimeout(next, 100);
        } else {
            setTimeout(next, 100);
        }
    };
    next();
"""
CLICK = "(element) => element.click()"
LOOK = "() => {}"
PASTE = """(element) => {
    element.value = %r;
    element.dispatchEvent(new InputEvent("input", {bubbles: true}));
}"""


@tagged("post_install", "-at_install", "o2c_browser")
class TestOrderingScreens(O2cCommon, HttpCase):
    """Fast ordering with the widgets of the browser, on the desk and on the phone."""

    PHONE = "375x667"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson.password = cls.salesperson.login
        cls.flow.active = False
        cls.product.default_code = "DESK-1"
        cls.make_order([(cls.product, 4)]).action_confirm()
        cls.quotation = cls.make_order([(cls.product2, 1)])

    def do(self, *steps):
        self.browser_js(
            f"/odoo/action-sale_o2c_flow.action_sale_order_o2c/{self.quotation.id}",
            STEPS
            % {"steps": ", ".join(f"[{where!r}, {what}]" for where, what in steps)},
            login=self.salesperson.login,
        )

    def test_paste_a_list(self):
        self.do(
            ("button[name=action_o2c_paste_list]", CLICK),
            (".modal .o_o2c_paste textarea", PASTE % "desk-1\t5\nNOPE\t1"),
            # Checked while typing: nothing else was touched.
            (".modal .o_o2c_rows .text-danger", LOOK),
            (".modal button[name=action_add_good]", CLICK),
            # The rest is still there; the lines are, once the box is closed.
            (".modal .o_o2c_rows tbody tr:nth-child(2):last-child", LOOK),
            (".modal button[special=cancel]", CLICK),
            (".o_form_view .o_data_row:nth-child(2)", LOOK),
        )
        self.assertEqual(self.quotation.order_line[1].product_id, self.product)

    def test_usual_products_on_the_phone(self):
        self.browser_size = self.PHONE
        self.do(
            ("button[name=action_o2c_add_usual]", CLICK),
            (".modal button[name=action_take_last]", CLICK),
            (".modal .o_o2c_stepper button:not([disabled]):first-child", LOOK),
            (".modal .o_o2c_stepper button:last-child", CLICK),
            (".modal button[name=action_order]:not(.d-none)", CLICK),
            (".o_form_view .o_kanban_record:nth-child(2)", LOOK),
        )
        added = self.quotation.order_line[1]
        self.assertEqual((added.product_id, added.product_uom_qty), (self.product, 5.0))
