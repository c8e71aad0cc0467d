from ..common.content_change import ContentChange

SETTLING = "o2c_settling_order_discounts"


class OrderDiscountChange(ContentChange):
    """Settles the discounts on whole orders after a change of orders or their lines."""

    key = "o2c_order_discounts"

    def remember(self, orders):
        return {
            order.id: (order.o2c_order_discount_type, order.state) for order in orders
        }

    def settle(self, orders, before):
        concerned = orders.filtered(
            lambda order: self._is_concerned(order, before.get(order.id))
        )
        if not concerned:
            return
        # What follows must not be followed again.
        self.cache[self.key] = (orders.browse(), {})
        self.cache[SETTLING] = True
        try:
            for order in concerned:
                # Whoever may change a line changes the discount lines with it; these
                # are nothing that anybody writes by hand. A customer who chooses on
                # the portal, served as superuser, is not refused; nor is whoever
                # takes up a cancelled order, which nobody could mend before.
                reopened = before.get(order.id, (False, False))[1] == "cancel"
                order.sudo()._o2c_apply_order_discount(
                    strict=not (order.env.su or reopened)
                )
        finally:
            del self.cache[self.key], self.cache[SETTLING]

    @staticmethod
    def _is_concerned(order, before):
        """Whether an order has a discount that follows its lines, or had one.

        :param before: what was remembered of the order, if it is not new
        """
        if order.o2c_order_discount_type:
            return order.state != "cancel"
        return bool(before and before[0])

    def is_settling(self):
        return SETTLING in self.cache
