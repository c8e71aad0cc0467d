"""How the commercial content of an order differs from what it was.

The first part is pure functions on plain data, see :mod:`.content`; the second puts
their findings into words.
"""

from odoo import models
from odoo.tools.misc import formatLang

from .content import NOTED, PARTIES, TERMS, get_prices

# What the ids of a content stand for, to name them.
NAMED_MODELS = {
    "partner_id": "res.partner",
    "partner_invoice_id": "res.partner",
    "partner_shipping_id": "res.partner",
    "currency_id": "res.currency",
    "payment_term_id": "account.payment.term",
    "fiscal_position_id": "account.fiscal.position",
    "pricelist_id": "product.pricelist",
}


def find_differences(before, after):
    """Return what changed between two contents, as tuples of a kind and its figures.

    - ``("term", field, id before, id after)``
    - ``("added", key, prices)``, ``("removed", key, prices)``: pairs of price, quantity
    - ``("quantity", key, before, after)``, ``("price", key, prices before, after)``
    - ``("terms", key before, key after, prices before, after)``: the same product in
      another unit or with other taxes
    - ``("discount", before, after)``, ``("total", before, after)``
    """
    found = [
        ("term", name, before[name], after[name])
        for name in (*TERMS, *PARTIES, *NOTED)
        if name in before and name in after and before[name] != after[name]
    ]
    found += _find_line_differences(before, after)
    if before["discount"] != after["discount"]:
        found.append(("discount", before["discount"], after["discount"]))
    if before["amount_total"] != after["amount_total"]:
        found.append(("total", before["amount_total"], after["amount_total"]))
    return found


def _find_line_differences(before, after):
    found = []
    old, new = before["lines"], after["lines"]
    gone = [key for key in old if key not in new]
    for key in new:
        if key in old:
            found += _find_changes(key, before, after)
            continue
        prices = get_prices(after, key)
        former = next((k for k in gone if _get_thing(k) == _get_thing(key)), None)
        if former:
            gone.remove(former)
            found.append(("terms", former, key, get_prices(before, former), prices))
        else:
            found.append(("added", key, prices))
    return found + [("removed", key, get_prices(before, key)) for key in gone]


def _find_changes(key, before, after):
    """Return how much more or less is sold of something, and at which other prices."""
    found = []
    quantity, new_quantity = before["lines"][key][0], after["lines"][key][0]
    prices, new_prices = get_prices(before, key), get_prices(after, key)
    if quantity != new_quantity:
        found.append(("quantity", key, quantity, new_quantity))
    one_price = len(prices) == len(new_prices) == 1
    if one_price and prices[0][0] == new_prices[0][0]:
        return found
    if prices != new_prices:
        found.append(("price", key, prices, new_prices))
    return found


def _get_thing(key):
    """Return the product of a key, and whether it goes back."""
    ids, _slash, back = key.partition("/back")
    return ids.split("/")[0], bool(_slash or back)


def _get_ids(key):
    """Return product and unit of a key as ids, 0 for none, and its taxes as text."""
    product_id, uom_id, taxes = key.split("/")[:3]
    ids = [int(text) if text.isdigit() else 0 for text in (product_id, uom_id)]
    return *ids, taxes


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _o2c_describe_difference(self, before, after, names=None):
        """Say how the content of the order changed, in the language at hand.

        :param dict before: see :mod:`.content`
        :param dict after: the same, later
        :param names: :class:`Names` of these and other contents, where several are told
        :rtype: list[str], empty when nothing changed
        """
        self.ensure_one()
        differences = find_differences(before, after)
        if not differences:
            return []
        env = self.sudo().env
        words = _Words(env, before, after, names or Names(env, (before, after)))
        return [words.say(*difference) for difference in differences]

    def _o2c_describe_return(self):
        """Say what changed since the approval that fell due again last."""
        self.ensure_one()
        superseded = self.sudo().o2c_task_ids.filtered(
            lambda task: task.state == "superseded" and task.content
        )
        last = superseded.sorted(lambda task: (task.decided_at, task.id))[-1:]
        if not last:
            return []
        return self._o2c_describe_difference(last.content, self._o2c_take_content())

    def _o2c_get_event_note(self, event):
        note = super()._o2c_get_event_note(event)
        if event == "approval_returned":
            note = " · ".join([note, *self._o2c_describe_return()])
        return note


class Names:
    """The products and units of contents, read once for all of them; what was deleted
    since keeps its number."""

    def __init__(self, env, contents):
        keys = {key for content in contents for key in content["lines"]}
        ids = [_get_ids(key) for key in keys]
        env = env(su=True)
        self.products = env["product.product"].browse({i[0] for i in ids}).exists()
        self.uoms = env["uom.uom"].browse({i[1] for i in ids}).exists()


class _Words:
    """Puts differences into sentences."""

    def __init__(self, env, before, after, names):
        self.env = env
        currencies = self.env["res.currency"].browse(
            [before["currency_id"], after["currency_id"]]
        )
        self.currency, self.new_currency = currencies
        self.products, self.uoms = names.products, names.uoms

    def say(self, kind, *values):
        return getattr(self, f"_say_{kind}")(*values)

    def _say_term(self, name, before, after):
        label = self.env["sale.order"]._fields[name]._description_string(self.env)
        model = NAMED_MODELS[name]
        return self._change(label, self._name(model, before), self._name(model, after))

    def _say_added(self, key, prices):
        return self.env._(
            "%(product)s added: %(quantities)s",
            product=self._product(key),
            quantities=self._at_prices(key, prices, self.new_currency),
        )

    def _say_removed(self, key, prices):
        return self.env._(
            "%(product)s removed: %(quantities)s",
            product=self._product(key),
            quantities=self._at_prices(key, prices, self.currency),
        )

    def _say_quantity(self, key, before, after):
        return self._change(
            self._product(key), self._number(before), self._quantity(key, after)
        )

    def _say_price(self, key, before, after):
        if len(before) == len(after) == 1:
            old = self.currency.format(before[0][0])
            new = self.new_currency.format(after[0][0])
        else:
            old = self._at_prices(key, before, self.currency)
            new = self._at_prices(key, after, self.new_currency)
        return self.env._(
            "%(product)s: net price %(before)s → %(after)s",
            product=self._product(key),
            before=old,
            after=new,
        )

    def _say_terms(self, former, key, before, after):
        old = self._at_prices(former, before, self.currency)
        new = self._at_prices(key, after, self.new_currency)
        if _get_ids(former)[2] != _get_ids(key)[2]:
            return self.env._(
                "%(product)s, with other taxes: %(before)s → %(after)s",
                product=self._product(key),
                before=old,
                after=new,
            )
        return self._change(self._product(key), old, new)

    def _say_discount(self, before, after):
        return self.env._(
            "Effective discount: %(before)s %% → %(after)s %%",
            before=formatLang(self.env, before),
            after=formatLang(self.env, after),
        )

    def _say_total(self, before, after):
        return self._change(
            self.env._("Total"),
            self.currency.format(before),
            self.new_currency.format(after),
        )

    def _change(self, what, before, after):
        return self.env._(
            "%(what)s: %(before)s → %(after)s", what=what, before=before, after=after
        )

    def _name(self, model, record_id):
        if not record_id:
            return self.env._("none")
        record = self.env[model].browse(record_id).exists()
        return record.display_name or str(record_id)

    def _product(self, key):
        product_id = _get_ids(key)[0]
        product = self.products.filtered(lambda p: p.id == product_id)
        name = product.display_name or str(product_id or self.env._("Without product"))
        if _get_thing(key)[1]:
            return self.env._("%s (goes back)", name)
        return name

    def _quantity(self, key, quantity):
        uom = self.uoms.filtered(lambda u: u.id == _get_ids(key)[1])
        return " ".join(filter(None, [self._number(quantity), uom.name]))

    def _number(self, quantity):
        text = formatLang(self.env, quantity, dp="Product Unit")
        whole = formatLang(self.env, quantity, digits=0)
        return whole if quantity == int(quantity) else text

    def _at_prices(self, key, prices, currency):
        return ", ".join(
            self.env._(
                "%(quantity)s at %(price)s",
                quantity=self._quantity(key, quantity),
                price=currency.format(price),
            )
            for price, quantity in prices
        )
