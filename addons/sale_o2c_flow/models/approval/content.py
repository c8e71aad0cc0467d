"""The commercial content of an order: what approvers agree to.

Pure functions on plain data, so that a content can be stored with a decision and
compared with what the order says later.
"""

import hashlib
import json

# Changing one of these changes the deal itself: whatever was agreed falls due again.
TERMS = ("partner_id", "currency_id", "payment_term_id", "fiscal_position_id")


def take_content(order):
    """Return the commercial content of an order as JSON-ready data.

    Amounts are in the order's currency, discounts in percent, unit prices net of
    discount and tax.
    """
    content = {name: order[name].id or 0 for name in TERMS}
    content["amount_total"] = order.currency_id.round(order.amount_total)
    content["discount"] = round(order.o2c_effective_discount, 2)
    lines = {}
    for line in order._o2c_get_discountable_lines():
        if not line.product_uom_qty or line.is_expense:
            continue
        quantity, price = lines.get(_line_key(line), (0.0, None))
        net = round(line.price_subtotal / line.product_uom_qty, 4)
        lines[_line_key(line)] = [
            round(quantity + line.product_uom_qty, 6),
            net if price is None else min(price, net),
        ]
    content["lines"] = lines
    return content


def _line_key(line):
    taxes = ",".join(str(tax_id) for tax_id in sorted(line.tax_ids.ids))
    return f"{line.product_id.id}/{line.product_uom_id.id}/{taxes}"


def get_fingerprint(content):
    """Return the SHA-256 of a content, as 64 hexadecimal digits."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def goes_beyond(content, agreed):
    """Whether a content asks for more than what was agreed to.

    Less of everything needs no new agreement: a lower amount, fewer goods, a smaller
    discount. Other terms, other goods or taxes, more of them, or a lower price do.
    """
    if any(content[name] != agreed[name] for name in TERMS):
        return True
    if (
        content["amount_total"] > agreed["amount_total"]
        or content["discount"] > agreed["discount"]
    ):
        return True
    for key, (quantity, price) in content["lines"].items():
        agreed_quantity, agreed_price = agreed["lines"].get(key, (0.0, 0.0))
        if quantity > agreed_quantity or price < agreed_price:
            return True
    return False
