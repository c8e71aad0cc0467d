from dataclasses import replace

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from . import advice
from .o2c_discount_tier import AUTHORITY_RANK, DISCOUNT_DIGITS

# Percentages to stay further away from a limit with, where cents get in the way.
CUSHIONS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)


class SaleOrder(models.Model):
    """What to change so that a salesperson's own authority suffices."""

    _inherit = "sale.order"

    o2c_discount_advice = fields.Char(
        string="Advice",
        compute="_compute_o2c_discount_advice",
        compute_sudo=True,
        help="What to change so that the discount is within your own authority.",
        groups="base.group_user",
    )

    @api.depends(
        "state",
        "o2c_discount_authority",
        "o2c_order_discount_type",
        "order_line.discount",
        "order_line.price_unit",
        "order_line.price_subtotal",
        "order_line.o2c_effective_discount",
        "order_line.o2c_margin_percent",
    )
    @api.depends_context("uid", "lang")
    def _compute_o2c_discount_advice(self):
        for order in self:
            own = order._o2c_get_own_authority_rank()
            needed = AUTHORITY_RANK.get(order.o2c_discount_authority, 0)
            order.o2c_discount_advice = (
                order.state in ("draft", "sent")
                and needed > own
                and order._o2c_get_advice(own)
            )

    def _o2c_get_own_authority_rank(self):
        """Return how much authority the user at hand has over the order."""
        self.ensure_one()
        user = self.env.user
        if user._o2c_has_role("sale_o2c_flow.group_manager"):
            return AUTHORITY_RANK["director"]
        if self.team_id.user_id == user:
            return AUTHORITY_RANK["team_leader"]
        return AUTHORITY_RANK["self"]

    def _o2c_get_advice(self, own):
        """Say what to change so that an authority suffices.

        What is proposed is judged before it is said.

        :param int own: rank of that authority
        :return: a sentence; nothing where even the list price needs more
        """
        book = self.env["o2c.discount.policy"]._get_book()
        deal = self._o2c_get_deal()
        shown = self.env.user._o2c_has_role("sale_o2c_flow.group_costs")
        for cushion in CUSHIONS:
            case = _Case(self, book, deal, own, cushion)
            if not case.possible:
                return False
            proposal = case.propose()
            if proposal.verified:
                break
        return self.env._(
            "To stay within your own authority: %s.", "; ".join(proposal.tell(shown))
        )


class _Case:
    """An order with what each of its lines has to bring for an authority to suffice."""

    def __init__(self, order, book, deal, own, cushion):
        self.order, self.book, self.deal = order, book, deal
        self.own, self.cushion = own, cushion
        self.lines = order._o2c_get_goods_lines().filtered(
            lambda line: (
                line.product_uom_qty > 0.0
                and (line.price_subtotal > 0.0 or line.o2c_reference_subtotal > 0.0)
            )
        )
        judged = order._o2c_get_judged_lines()
        self.givers = judged.filtered(lambda line: line._o2c_takes_off_order())
        others = judged - self.lines - self.givers
        self.besides = (
            sum(others.mapped("price_subtotal")),
            sum(others.mapped("o2c_reference_subtotal")),
        )
        self.costs = {
            line: line.o2c_unit_cost * line.product_uom_qty
            for line in self.lines
            if line.o2c_unit_cost
        }
        self.off = -sum(self.givers.mapped("price_subtotal"))
        self.items = {line: self._get_item(line) for line in self.lines}
        self.needs = []
        self.possible = self._set_limits()

    def _get_item(self, line):
        return advice.Item(
            key=line,
            subtotal=line.price_subtotal,
            reference=line.o2c_reference_subtotal,
            gross=line._o2c_get_gross(),
        )

    def _set_limits(self):
        """Note the least each line and the order have to bring; false where that is
        more than the list price."""
        for rule, goods in self.book.assign(self.deal):
            limit = rule.get_discount_limit(self.own)
            margin = rule.get_margin_limit(self.own)
            if limit is not None:
                limit -= self.cushion
            if limit is not None and limit < 0.0:
                return False
            if goods is None:
                self._set_order_limits(limit, margin)
            elif goods.key in self.items:
                self._set_line_limits(self.items[goods.key], limit, margin)
        return True

    def _set_line_limits(self, item, limit, margin):
        if limit is not None:
            # Lines bring whole cents.
            digits = self.order.currency_id.decimal_places
            least = item.reference * (1.0 - limit / 100.0)
            item.least = advice.round_up(least, digits)
        cost = self.costs.get(item.key)
        if margin is not None and cost:
            least = self._get_least(cost, margin)
            if least > item.least:
                item.least, item.by_margin = least, True

    def _set_order_limits(self, limit, margin):
        every = frozenset(self.lines)
        if limit is not None:
            least = self.order.o2c_reference_amount * (1.0 - limit / 100.0)
            self.needs.append(advice.Need(least, every, self.besides[0]))
        if margin is not None and self.costs:
            least = self._get_least(sum(self.costs.values()), margin)
            back = min(0.0, self.besides[0])
            self.needs.append(
                advice.Need(least, frozenset(self.costs), back, by_margin=True)
            )

    def _get_least(self, cost, margin):
        return cost / (1.0 - (margin + self.cushion) / 100.0)

    def propose(self):
        plan = advice.find_plan(
            list(self.items.values()), self.needs, self.off, bool(self.givers)
        )
        return _Proposal(self, plan)


class _Proposal:
    """A plan in the figures a user can enter."""

    def __init__(self, case, plan):
        self.case, self.order, self.env = case, case.order, case.order.env
        self.plan = plan
        self.items = dict(case.items)
        # Reached by a figure per line, and one for the order as a whole.
        self.changes = {line: self._change(line) for line in plan.targets}
        self.off = self._get_new_off()
        self.verified = self._verify()

    # === FIGURES === #

    def _change(self, line):
        """Return the kind of change of a line, and its figure."""
        item, target = self.items[line], self.plan.targets[line]
        if line.discount > 0.0 and item.gross >= target:
            percent = advice.round_down(
                100.0 * (1.0 - target / item.gross), DISCOUNT_DIGITS
            )
            self.items[line] = replace(
                item, subtotal=item.gross * (1.0 - percent / 100.0)
            )
            return "discount", percent
        digits = self.env["decimal.precision"].precision_get("Product Price")
        if item.gross > 0.0:
            exact = line.price_unit * target / item.gross
        else:
            exact = line.o2c_reference_price_unit * target / item.reference
        price = advice.round_up(exact, digits)
        self.items[line] = replace(item, subtotal=target * price / exact)
        return ("net_price" if line.discount else "price"), price

    def _get_new_off(self):
        """Return what is taken off the whole order afterwards, without tax."""
        sold = sum(item.subtotal for item in self.items.values())
        old_sold = sum(line.price_subtotal for line in self.case.lines)
        rate = self.case.off / old_sold if old_sold else 0.0
        self.lowered = self.plan.rate < rate - advice.EPSILON
        self.share = self.plan.rate / rate if self.lowered else 1.0
        off = self.case.off * self.share
        if self._get_order_type() not in ("percent", "total"):
            return min(off, sold * self.plan.rate) if self.lowered else off
        # It grows with what is sold; what goes back may or may not be part of that.
        others = self.case.besides[0]
        bases = [(old_sold, sold), (old_sold + others, sold + others)]
        return max(off * new / old for old, new in bases if old > 0.0)

    def _get_order_type(self):
        """Return the type of the live discount on the order, if there is no other."""
        givers = self.case.givers
        is_live = bool(givers) and all(givers.mapped("o2c_is_order_discount"))
        return is_live and self.order.o2c_order_discount_type

    def _verify(self):
        """Whether the order is within the authority once this is entered."""
        case, currency = self.case, self.order.currency_id
        if self.plan.missing:
            return False
        for item in self.items.values():
            item.subtotal = currency.round(item.subtotal)
        # The cents that rounding by tax may add.
        off = self.off + currency.rounding * len(case.givers)
        deal = advice.review(
            case.deal,
            list(self.items.values()),
            off if case.givers else 0.0,
            currency.round,
            case.costs,
            case.besides,
        )
        return case.book.judge(deal).rank <= case.own

    # === WORDS === #

    def tell(self, shown):
        """Return what to change, as parts of a sentence.

        :param bool shown: whether the reader may know figures that follow from costs
        """
        if not self.verified:
            return self._tell_what_is_too_much()
        parts = [self._tell_line(line, shown) for line in self.changes]
        total = self._get_order_type() == "total"
        if self.lowered or (total and self.changes):
            parts.append(self._tell_order(shown))
        return parts

    def _tell_line(self, line, shown):
        kind, figure = self.changes[line]
        product = self._name_line(line)
        if (self.items[line].by_margin or self.plan.by_margin) and not shown:
            return self.env._(
                "ask for more for %(product)s, its margin is too low", product=product
            )
        if kind == "discount":
            return self.env._(
                "lower the discount of %(product)s to %(percent)s %%",
                product=product,
                percent=formatLang(self.env, figure, DISCOUNT_DIGITS),
            )
        price = formatLang(self.env, figure, dp="Product Price")
        if kind == "price":
            return self.env._(
                "raise %(product)s to %(price)s", product=product, price=price
            )
        return self.env._(
            "sell %(product)s at %(price)s without a discount",
            product=product,
            price=price,
        )

    def _name_line(self, line):
        """Name a line by its product, with its place where there are several such."""
        lines = self.order._o2c_get_goods_lines()
        same = lines.filtered(lambda other: other.product_id == line.product_id)
        name = line.product_id.display_name
        if len(same) < 2:
            return name
        return self.env._(
            "%(product)s (no. %(place)s)",
            product=name,
            place=list(same).index(line) + 1,
        )

    def _tell_order(self, shown):
        if self.plan.by_margin and not shown:
            return self.env._("take less off the whole order, its margin is too low")
        kind = self._get_order_type()
        if kind == "percent":
            percent = advice.round_down(
                self.order.o2c_order_discount_percent * self.share, DISCOUNT_DIGITS
            )
            return self.env._(
                "lower the order discount to %s %%",
                formatLang(self.env, percent, DISCOUNT_DIGITS),
            )
        if kind == "total":
            return self.env._("agree on at least %s", self._format(self._get_total()))
        share = self.off / self.case.off
        digits = self.order.currency_id.decimal_places
        if kind == "amount":
            amount = self.order.o2c_order_discount_amount * share
            return self.env._(
                "lower the order discount to %s",
                self._format(advice.round_down(amount, digits)),
            )
        if len(self.case.givers) == 1:
            giver = self.case.givers
            return self.env._(
                "lower “%(discount)s” to %(amount)s",
                discount=giver.name,
                amount=self._format(
                    advice.round_down(-giver.price_unit * share, digits)
                ),
            )
        return self.env._(
            "take %s less off the whole order",
            self._format(advice.round_up(self.case.off - self.off, digits)),
        )

    def _get_total(self):
        """Return the total to agree on, with taxes or without as it was agreed."""
        if self.order.o2c_agreed_total_basis == "excluded":
            field, parts = "price_subtotal", {}
        else:
            field = "price_total"
            parts = {line: line._o2c_get_tax_parts() for line in self.items}
        sold = sum(item.subtotal for item in self.items.values())
        kept = 1.0 - self.off / sold if sold else 1.0
        total = 0.0
        for line, item in self.items.items():
            factor, fixed = parts.get(line, (1.0, 0.0))
            total += item.subtotal * factor * kept + fixed
        others = self.order.order_line - self.case.lines - self.case.givers
        total += sum(others.mapped(field))
        return advice.round_up(total, self.order.currency_id.decimal_places)

    def _tell_what_is_too_much(self):
        parts, case = [], self.case
        for line, item in case.items.items():
            missing = item.least - line._o2c_get_net()
            if missing > advice.EPSILON and not item.by_margin:
                parts.append(
                    self.env._(
                        "give away %(amount)s less on %(product)s",
                        amount=self._format_up(missing),
                        product=self._name_line(line),
                    )
                )
        for need in case.needs:
            net = sum(line._o2c_get_net() for line in need.keys) + need.besides
            if need.least - net > advice.EPSILON and not need.by_margin:
                parts.append(
                    self.env._(
                        "give away %s less in all", self._format_up(need.least - net)
                    )
                )
        return parts or [self.env._("ask for more, the margin is too low")]

    def _format_up(self, amount):
        digits = self.order.currency_id.decimal_places
        return self._format(advice.round_up(amount, digits))

    def _format(self, amount):
        return self.order.currency_id.format(amount)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _o2c_get_gross(self):
        """Return the subtotal at the line's unit price, before its discount."""
        self.ensure_one()
        if self.o2c_reference_price_unit:
            share = self.price_unit / self.o2c_reference_price_unit
            return self.o2c_reference_subtotal * share
        if self.discount < 100.0:
            return self.price_subtotal / (1.0 - self.discount / 100.0)
        return 0.0

    def _o2c_get_tax_parts(self):
        """Return by how much taxes raise what the line costs: the factor of those that
        follow its price, and the amount of those that do not."""
        self.ensure_one()
        if not self.price_subtotal:
            taxes = self.tax_ids.flatten_taxes_hierarchy().filtered(
                lambda tax: tax._can_be_discounted()
            )
            totals = taxes.compute_all(100.0, handle_price_include=False)
            return totals["total_included"] / 100.0, self.price_total
        following = sum(
            base_line["tax_details"]["total_included_currency"]
            for base_line in self.env["account.tax"]._prepare_discountable_base_lines(
                self._o2c_get_base_lines(), self.company_id
            )
        )
        return following / self.price_subtotal, self.price_total - following
