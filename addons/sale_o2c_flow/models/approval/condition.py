"""What may have to be so of an order before a step is needed.

One class for one condition. It says whether it holds, and it says so in words: in the
list of steps, in a test of the flow, and to those who decide. Integrators add theirs to
``_get_condition_classes`` of the step.
"""

from ast import literal_eval

from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import formatLang

from ..discount.margin import COSTS
from ..discount.o2c_discount_tier import AUTHORITIES, AUTHORITY_RANK


class Condition:
    """A condition of one step.

    Orders are given with all rights; what is said of them is read by others.
    """

    # The codes of the reasons it gives; see :meth:`get_reason`.
    reasons = ()

    def __init__(self, step):
        self.step = step
        self.env = step.env

    def is_set(self):
        """Whether the step asks for it at all."""
        raise NotImplementedError

    def get_words(self):
        """Return the condition in a few words, to stand among others."""
        raise NotImplementedError

    def holds(self, order):
        """Whether it is so of an order."""
        raise NotImplementedError

    def get_finding(self, order):
        """Return in words what was found of an order, whether it holds or not."""
        raise NotImplementedError

    def get_reason(self, order):
        """Return why the step is needed, as data for the task: a dict with a ``code``;
        nothing if there is no more to say than that the step applies."""
        return None

    @classmethod
    def describe(cls, task, data):
        """Return a reason in words, for who reads the task.

        :param dict data: see :meth:`get_reason`
        """
        raise NotImplementedError


class DiscountCondition(Condition):
    reasons = ("discount", "margin")

    def is_set(self):
        return bool(self.step.authority_from)

    def get_words(self):
        if self.step.authority_from == "director":
            return self.env._("discount needs director")
        return self.env._("discount needs team leader or higher")

    def holds(self, order):
        reached = AUTHORITY_RANK[order.o2c_discount_authority or "self"]
        return reached >= AUTHORITY_RANK[self.step.authority_from]

    def get_finding(self, order):
        labels = dict(
            order._fields["o2c_discount_authority"]._description_selection(self.env)
        )
        return self.env._(
            "The discounts need “%(reached)s”, needed from “%(asked)s”.",
            reached=labels[order.o2c_discount_authority or AUTHORITIES[0][0]],
            asked=labels[self.step.authority_from],
        )

    def get_reason(self, order):
        line = order.o2c_discount_line_id
        if order.o2c_discount_cause == "margin":
            # Without the figure: not every decider may know what things cost.
            return {"code": "margin", "product": line.product_id.display_name}
        return {
            "code": "discount",
            "value": round((line or order).o2c_effective_discount, 2),
            "product": line.product_id.display_name,
        }

    @classmethod
    def describe(cls, task, data):
        product = data.get("product")
        if data["code"] == "margin":
            if product:
                return task.env._("The margin of %s is low", product)
            return task.env._("The margin of the order is low")
        discount = formatLang(task.env, data.get("value", 0.0))
        if product:
            return task.env._(
                "%(product)s is given %(discount)s %% off",
                product=product,
                discount=discount,
            )
        return task.env._("Effective discount of %s %%", discount)


class MarginCondition(Condition):
    reasons = ("low_margin",)

    def is_set(self):
        return bool(self.step.margin_below)

    def get_words(self):
        return self.env._(
            "margin below %s %%", formatLang(self.env, self.step.margin_below)
        )

    def holds(self, order):
        margin = order._o2c_get_known_margin()
        return margin is not None and round(margin, 2) < self.step.margin_below

    def get_finding(self, order):
        margin = order._o2c_get_known_margin()
        if margin is None:
            return self.env._("The costs of the order are not known.")
        if not self.env.user.has_group(COSTS):
            return (
                self.env._("The margin is low.")
                if self.holds(order)
                else self.env._("The margin is high enough.")
            )
        return self.env._(
            "Margin of %(margin)s %%, needed below %(limit)s %%.",
            margin=formatLang(self.env, margin),
            limit=formatLang(self.env, self.step.margin_below),
        )

    def get_reason(self, order):
        # Without figures: not every decider may know what things cost.
        return {"code": "low_margin"}

    @classmethod
    def describe(cls, task, data):
        return task.env._("The margin of the order is low")


class AmountCondition(Condition):
    reasons = ("amount",)

    def is_set(self):
        return bool(self.step.amount_from)

    def get_words(self):
        currency = (self.step.flow_id.company_id or self.env.company).currency_id
        return self.env._("from %s", currency.format(self.step.amount_from))

    def holds(self, order):
        currency = order.company_id.currency_id
        amount = order._o2c_to_company_currency(order.amount_total)
        return currency.compare_amounts(amount, self.step.amount_from) >= 0

    def get_finding(self, order):
        currency = order.company_id.currency_id
        amount = order._o2c_to_company_currency(order.amount_total)
        return self.env._(
            "Total of %(amount)s, needed from %(limit)s.",
            amount=currency.format(amount),
            limit=currency.format(self.step.amount_from),
        )

    def get_reason(self, order):
        return {"code": "amount", "value": self.step.amount_from}

    @classmethod
    def describe(cls, task, data):
        currency = task.company_id.currency_id
        return task.env._("Order of %s or more", currency.format(data["value"]))


class CreditCondition(Condition):
    reasons = ("credit",)

    def is_set(self):
        return self.step.over_credit_limit

    def get_words(self):
        return self.env._("over the credit limit")

    def holds(self, order):
        return order.o2c_over_credit_limit

    def get_finding(self, order):
        if not order.company_id.account_use_credit_limit:
            return self.env._("%s uses no credit limits.", order.company_id.name)
        return order.o2c_credit_reason or self.env._(
            "The customer stays within the credit limit."
        )

    def get_reason(self, order):
        # Kept as it was: what the customer owes moves on.
        return {
            "code": "credit",
            "credit": order._o2c_get_credit_excesses().get(order),
        }

    @classmethod
    def describe(cls, task, data):
        if not data.get("credit"):
            return ""
        # Told as the system: deciders need not read the customer.
        return task.sudo().order_id._o2c_describe_credit(data["credit"])


class NewCustomerCondition(Condition):
    reasons = ("new_customer",)

    def is_set(self):
        return self.step.new_customer

    def get_words(self):
        return self.env._("new customers")

    def holds(self, order):
        return order.o2c_new_customer

    def get_finding(self, order):
        customer = order.partner_id.commercial_partner_id.display_name
        if self.holds(order):
            return self.env._("%s has no other confirmed order.", customer)
        return self.env._("%s has confirmed orders already.", customer)

    def get_reason(self, order):
        return {"code": "new_customer"}

    @classmethod
    def describe(cls, task, data):
        return task.env._("First order of this customer")


class OverdueCondition(Condition):
    reasons = ("overdue",)

    def is_set(self):
        return self.step.overdue_customer

    def get_words(self):
        return self.env._("customers with overdue payments")

    def holds(self, order):
        return order.o2c_overdue_customer

    def get_finding(self, order):
        customer = order.partner_id.commercial_partner_id.display_name
        if self.holds(order):
            return self.env._("%s has payments overdue.", customer)
        return self.env._("%s has no payments overdue.", customer)

    def get_reason(self, order):
        return {"code": "overdue"}

    @classmethod
    def describe(cls, task, data):
        return task.env._("The customer has payments overdue")


class FilterCondition(Condition):
    def is_set(self):
        return bool(self._get_domain())

    def get_words(self):
        return self.env._("filter on %s", self._get_labels())

    def holds(self, order):
        return bool(order.filtered_domain(self._get_domain()))

    def get_finding(self, order):
        if self.holds(order):
            return self.env._("The order matches the filter on %s.", self._get_labels())
        return self.env._(
            "The order does not match the filter on %s.", self._get_labels()
        )

    def _get_domain(self):
        return literal_eval(self.step.domain or "[]")

    def _get_labels(self):
        """Return the labels of the fields that are looked at."""
        known = self.env["sale.order"]._fields
        names = [
            condition.field_expr.split(".")[0]
            for condition in Domain(self._get_domain()).iter_conditions()
        ]
        labels = [
            known[name]._description_string(self.env) for name in names if name in known
        ]
        return format_list(self.env, list(dict.fromkeys(labels)))


# Cheap ones first; in this sequence their reasons are told.
CONDITIONS = (
    DiscountCondition,
    MarginCondition,
    AmountCondition,
    FilterCondition,
    CreditCondition,
    NewCustomerCondition,
    OverdueCondition,
)
