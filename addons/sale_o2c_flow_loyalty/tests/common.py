from odoo.fields import Command

from odoo.addons.sale_o2c_flow.tests.common import O2cCommon


class PromotionCommon(O2cCommon):
    """The small company, with promotions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False
        cls.sales_admin = cls._make_user("sales_admin", "sales_team.group_sale_manager")
        cls.loyalty_card = cls.env["loyalty.card"]

    @classmethod
    def make_program(cls, reward=None, rule=None, **values):
        """Return a promotion of 10 % on the order, unless said otherwise.

        :param dict reward: values of its reward
        :param dict rule: values of its rule
        """
        return cls.env["loyalty.program"].create(
            {
                "name": "Ten off",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [
                    Command.create(
                        {
                            "reward_point_mode": "order",
                            "reward_point_amount": 1,
                            "minimum_qty": 0,
                            **(rule or {}),
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10.0,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            **(reward or {}),
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def make_gift(cls, product, rule=None, **values):
        """Return a promotion that gives a product."""
        reward = {
            "reward_type": "product",
            "reward_product_id": product.id,
            "reward_product_qty": 1,
            "required_points": 1,
        }
        return cls.make_program(reward, rule, name="Gift", **values)

    @classmethod
    def make_next_order_coupons(cls):
        """Return a program that sends a coupon with every order."""
        # Odoo's own has a barcode, which not every machine can draw.
        template = cls.env["mail.template"].create(
            {
                "name": "Coupon",
                "model_id": cls.env["ir.model"]._get_id("loyalty.card"),
                "email_to": "{{ object._get_mail_partner().email }}",
                "subject": "Your coupon",
                "auto_delete": False,
            }
        )
        return cls.make_program(
            name="Next time",
            program_type="next_order_coupons",
            applies_on="future",
            communication_plan_ids=[
                Command.create(
                    {
                        "trigger": "create",
                        "mail_template_id": template.id,
                    }
                )
            ],
        )

    @classmethod
    def give(cls, order, program):
        """Press Reward, and choose the one of a program if there are several."""
        action = order.action_open_reward_wizard()
        if isinstance(action, dict):
            cls._choose(order, program.reward_ids)
        return cls.rewards_of(order, program)

    @classmethod
    def enter_code(cls, order, code):
        """Enter a code, and choose the reward it gives."""
        wizard = order.env["sale.loyalty.coupon.wizard"].create(
            {"order_id": order.id, "coupon_code": code}
        )
        rewards = wizard.action_apply()["context"]["default_reward_ids"]
        cls._choose(order, order.env["loyalty.reward"].browse(rewards[:1]))

    @classmethod
    def _choose(cls, order, reward):
        order.env["sale.loyalty.reward.wizard"].create(
            {"order_id": order.id, "selected_reward_id": reward.id}
        ).action_apply()

    @classmethod
    def rewards_of(cls, order, program):
        return order.order_line.filtered(
            lambda line: line.reward_id.program_id == program
        )

    @classmethod
    def cards_of(cls, program):
        return cls.loyalty_card.search([("program_id", "=", program.id)])

    @classmethod
    def history_of(cls, order):
        return cls.env["loyalty.history"].search(
            [("order_model", "=", "sale.order"), ("order_id", "=", order.id)]
        )
