from odoo.tests import BaseCase, tagged

from odoo.addons.sale_o2c_flow.models.approval.content import (
    get_fingerprint,
    goes_beyond,
)


def make(*lines, discount=0.0, **values):
    """Return the content of an order of one product.

    :param lines: pairs of price and quantity
    """
    content = {
        "partner_id": 1,
        "currency_id": 1,
        "payment_term_id": 1,
        "fiscal_position_id": 0,
        "partner_invoice_id": 1,
        "partner_shipping_id": 1,
        "amount_total": sum(price * quantity for price, quantity in lines),
        "discount": discount,
        "lines": {"7/1/": [sum(q for _p, q in lines), min(p for p, _q in lines)]},
        "prices": {"7/1/": [list(line) for line in sorted(lines)]},
        **values,
    }
    if len(lines) == 1:
        content["prices"] = {}
    return content


@tagged("post_install", "-at_install")
class TestContent(BaseCase):
    """When a content asks for more than what was agreed to."""

    def assert_within(self, content, agreed):
        self.assertFalse(goes_beyond(content, agreed))

    def assert_beyond(self, content, agreed):
        self.assertTrue(goes_beyond(content, agreed))

    def test_figures_of_other_addons(self):
        plain, low = make((100, 10)), make((100, 10), measures={"rewards": 5.0})
        high = make((100, 10), measures={"rewards": 5.1})
        self.assert_beyond(high, low)
        self.assert_beyond(low, plain)
        self.assert_within(low, high)
        self.assert_within(plain, high)

    def test_more_and_less(self):
        agreed = make((100.0, 10))
        self.assert_within(agreed, agreed)
        self.assert_within(make((100.0, 9)), agreed)
        self.assert_within(make((101.0, 9)), agreed)
        self.assert_beyond(make((100.0, 11)), agreed)
        self.assert_beyond(make((99.0, 10)), agreed)
        self.assert_beyond(make((50.0, 1), discount=50.0), agreed)

    def test_terms(self):
        agreed = make((100.0, 10))
        for name in ("partner_id", "currency_id", "payment_term_id"):
            self.assert_beyond(make((100.0, 1), **{name: 2}), agreed)

    def test_other_goods(self):
        other = make((100.0, 1), lines={"8/1/": [1, 100.0]}, prices={})
        self.assert_beyond(other, make((100.0, 10)))

    def test_several_prices(self):
        """What is sold dear is not exchanged for what is sold cheap."""
        agreed = make((100.0, 10), (1.0, 1))
        self.assert_within(agreed, agreed)
        self.assert_within(make((100.0, 9), (1.0, 1)), agreed)
        self.assert_within(make((100.0, 10)), agreed)
        self.assert_beyond(make((100.0, 1), (1.0, 10)), agreed)
        self.assert_beyond(make((100.0, 9), (50.0, 1), (1.0, 1)), agreed)

    def test_decisions_of_before(self):
        """Contents kept without the prices are compared by quantity and lowest."""
        agreed = make((100.0, 10), (90.0, 5))
        del agreed["prices"]
        self.assert_within(make((95.0, 15)), agreed)
        self.assert_beyond(make((89.0, 15)), agreed)
        self.assert_beyond(make((95.0, 16)), agreed)

    def test_decisions_of_before_the_parties(self):
        agreed = make((100.0, 10))
        for name in ("partner_invoice_id", "partner_shipping_id"):
            self.assert_beyond(make((100.0, 1), **{name: 2}), agreed)
            del agreed[name]
            self.assert_within(make((100.0, 1), **{name: 2}), agreed)

    def test_fingerprint(self):
        content = make((100.0, 10))
        same = dict(reversed(content.items()))
        self.assertEqual(get_fingerprint(content), get_fingerprint(same))
        self.assertNotEqual(get_fingerprint(content), get_fingerprint(make((9.0, 1))))
