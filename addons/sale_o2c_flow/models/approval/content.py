"""The commercial content of an order: what approvers agree to.

Pure functions on plain data, so that a content can be stored with a decision and
compared with what the order says later.
"""

import hashlib
import json
from collections import defaultdict

# Changing one of these changes the deal itself: whatever was agreed falls due again.
TERMS = ("partner_id", "currency_id", "payment_term_id", "fiscal_position_id")
# Who gets the bill, and who the goods: which of their addresses makes no difference.
PARTIES = ("partner_invoice_id", "partner_shipping_id")
# Told with the content; what follows from it, the prices, is what is agreed to.
NOTED = ("pricelist_id",)


def take_content(order):
    """Return the commercial content of an order as JSON-ready data.

    Amounts are in the order's currency, discounts in percent, unit prices net of
    discount and tax.
    """
    content = {name: order[name].id or 0 for name in (*TERMS, *NOTED)}
    content |= {name: order[name].commercial_partner_id.id or 0 for name in PARTIES}
    content["amount_total"] = order.currency_id.round(order.amount_total)
    content["discount"] = round(order.o2c_effective_discount, 2)
    sold = _get_sold(order)
    content["lines"] = {
        key: [round(sum(prices.values()), 6), min(prices)]
        for key, prices in sold.items()
    }
    # Only where the same is sold at several prices: how much at which.
    content["prices"] = {
        key: [[price, round(prices[price], 6)] for price in sorted(prices)]
        for key, prices in sold.items()
        if len(prices) > 1
    }
    # Figures of other addons that may not rise either.
    if measures := order._o2c_get_content_measures():
        content["measures"] = measures
    return content


def _get_sold(order):
    """Return quantities by what is sold and at which price.

    What goes back is not less of what is sold: it is a thing of its own, which costs
    the company money. Ten pieces back at 100 count as ten at -100.
    """
    sold = defaultdict(lambda: defaultdict(float))
    for line in order._o2c_get_sold_lines():
        quantity = line.product_uom_qty
        if quantity:
            price = round(line.price_subtotal / abs(quantity), 4)
            sold[_line_key(line)][price] += abs(quantity)
    return sold


def _line_key(line):
    taxes = ",".join(str(tax_id) for tax_id in sorted(line.tax_ids.ids))
    back = "/back" if line.product_uom_qty < 0.0 else ""
    return f"{line.product_id.id}/{line.product_uom_id.id}/{taxes}{back}"


def get_fingerprint(content):
    """Return the SHA-256 of a content, as 64 hexadecimal digits."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def goes_beyond(content, agreed):
    """Whether a content asks for more than what was agreed to.

    Less of everything needs no new agreement: a lower amount, fewer goods, a smaller
    discount. Other terms or parties, other goods or taxes, more of them, a lower price, or more
    that goes back do.
    """
    if any(content[name] != agreed[name] for name in TERMS):
        return True
    # Contents kept before the parties belonged to them say nothing about them.
    if any(content[name] != agreed.get(name, content[name]) for name in PARTIES):
        return True
    if (
        content["amount_total"] > agreed["amount_total"]
        or content["discount"] > agreed["discount"]
    ):
        return True
    agreed_measures = agreed.get("measures", {})
    if any(
        measure > agreed_measures.get(name, 0.0)
        for name, measure in content.get("measures", {}).items()
    ):
        return True
    for key in content["lines"]:
        prices, agreed_prices = get_prices(content, key), get_prices(agreed, key)
        # At whichever price one looks: no more was sold at it or below.
        if any(
            _get_quantity_up_to(price, prices)
            > _get_quantity_up_to(price, agreed_prices)
            for price, _quantity in prices
        ):
            return True
    return False


def get_prices(content, key):
    """Return what is sold of something, as pairs of price and quantity."""
    if key not in content["lines"]:
        return []
    quantity, price = content["lines"][key]
    return content.get("prices", {}).get(key, [[price, quantity]])


def _get_quantity_up_to(limit, prices):
    return round(sum(quantity for price, quantity in prices if price <= limit), 6)
