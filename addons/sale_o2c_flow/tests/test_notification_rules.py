from lxml import html
from psycopg2.errors import RestrictViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import O2cCommon

APPROVE = "sale_o2c_flow.mail_activity_approve"
REVISE = "sale_o2c_flow.mail_activity_revise"


class NotificationCase(O2cCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["o2c.notification.rule"].with_user(cls.director)

    @classmethod
    def make_rule(cls, event, audience, channel="message", **values):
        return cls.rules.create(
            {"event": event, "audience": audience, "channel": channel, **values}
        )

    def todos_of(self, user, order, xmlid=APPROVE):
        return order.sudo().activity_ids.filtered(
            lambda todo: (
                todo.user_id == user and todo.activity_type_id == self.env.ref(xmlid)
            )
        )


@tagged("post_install", "-at_install")
class TestNotificationRules(NotificationCase):
    """Rules say who is told of what, for which orders, and how."""

    def test_rule_reads_as_a_sentence(self):
        rule = self.env.ref(
            "sale_o2c_flow.notification_rule_order_rejected_salesperson"
        ).with_user(self.director)
        self.assertEqual(
            rule.sentence, "When an order is rejected, give the salesperson a to-do"
        )
        with Form(self.rules) as form:
            form.event = "order_approved"
            form.audience = "users"
            form.user_ids.add(self.finance)
            form.channel = "mail"
            form.template_id = self.env.ref("sale_o2c_flow.mail_template_notice")
            form.domain = "[('amount_total', '>', 5000)]"
            self.assertEqual(
                form.sentence,
                "When an order is approved (only some orders), mail “Order to Cash: "
                "Notice” to Finance",
            )

    def test_every_event_and_audience_has_its_words(self):
        for event, _label in self.rules._fields["event"].selection:
            for audience, _name in self.rules._fields["audience"].selection:
                rule = self.rules.new({"event": event, "audience": audience})
                self.assertIn("When ", rule.sentence)

    def test_bad_rules_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "name at least one"):
            self.make_rule("order_approved", "users")
        with self.assertRaisesRegex(ValidationError, "choose a mail template"):
            self.make_rule("order_approved", "salesperson", "mail")
        other = self.env["mail.template"].create(
            {"name": "Other", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        with self.assertRaisesRegex(ValidationError, "for sales orders"):
            self.make_rule(
                "order_approved", "salesperson", "mail", template_id=other.id
            )
        for domain in ("[('no_such_field', '=', 1)]", "[(", "nonsense"):
            with self.assertRaisesRegex(ValidationError, "cannot be used"):
                self.make_rule("order_approved", "finance", domain=domain)

    def test_only_managers_make_rules(self):
        for user in (self.salesperson, self.finance, self.shipper):
            with self.assertRaises(AccessError):
                self.rules.with_user(user).create(
                    {"event": "order_approved", "audience": "manager"}
                )

    def test_people_told_of_one_kind_of_order(self):
        self.make_rule(
            "order_approved",
            "users",
            user_ids=[Command.set(self.salesperson2.ids)],
            domain=str([("amount_total", ">=", 5000)]),
        )
        small = self.make_confirmed_order()
        self.assertFalse(self.messages_to(self.salesperson2, small))
        large = self.make_confirmed_order([(self.product, 50)])
        self.assertIn("is approved", self.messages_to(self.salesperson2, large))

    def test_followers_who_are_colleagues(self):
        self.make_rule("order_approved", "follower")
        order = self.make_order()
        order.message_subscribe((self.customer | self.finance2.partner_id).ids)
        order.action_o2c_submit()
        self.approve(order)
        self.assertIn("is approved", self.messages_to(self.finance2, order))
        mails = self.env["mail.mail"].search(
            [("message_type", "=", "user_notification")]
        )
        self.assertNotIn(self.customer, mails.recipient_ids)

    def test_submitter_is_told(self):
        self.make_rule("order_approved", "submitter")
        order = self.make_order()
        order.with_user(self.leader).action_o2c_submit()
        self.approve(order, self.order_admin, self.finance, self.warehouse)
        self.assertIn("is approved", self.messages_to(self.leader, order))

    def test_documents_of_an_order_follow_its_kind(self):
        self.make_rule(
            "shipped", "submitter", domain=str([("amount_total", ">=", 5000)])
        )
        small = self.make_confirmed_order()
        large = self.make_confirmed_order([(self.product, 50)])
        before = self.messages_to(self.salesperson, small.picking_ids)
        self.ship(small)
        # The preset rule tells the salesperson once; both rules together once as well.
        self.ship(large)
        self.assertFalse(before)
        for order in small, large:
            told = self.messages_to(self.salesperson, order.sudo().picking_ids)
            self.assertEqual(len(told.splitlines()), 1)


@tagged("post_install", "-at_install")
class TestNotificationTurns(NotificationCase):
    """The salesperson hears of every turn; to-dos end with the work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        cls.order.action_o2c_submit()

    def test_each_step_approved(self):
        self.approve(self.order, self.order_admin)
        told = self.messages_to(self.salesperson, self.order)
        self.assertIn("Order Administration approved", told)
        self.assertIn("waits for Finance, Warehouse", told)
        self.approve(self.order, self.finance)
        self.assertIn(
            "Finance approved, it now waits for Warehouse",
            self.messages_to(self.salesperson, self.order),
        )
        self.approve(self.order, self.warehouse)
        told = self.messages_to(self.salesperson, self.order)
        self.assertEqual(len(told.splitlines()), 3)
        self.assertIn("is approved", told.splitlines()[-1])

    def test_message_arrives_as_each_user_prefers(self):
        self.salesperson.notification_type = "inbox"
        self.approve(self.order, self.order_admin)
        self.assertIn("approved", self.messages_to(self.salesperson, self.order))
        self.assertFalse(self.mails_to(self.salesperson))
        self.salesperson.notification_type = "email"
        self.approve(self.order, self.finance)
        mail = self.mails_to(self.salesperson)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.reply_to, self.finance.email_formatted)
        self.assertIn("Finance approved", mail.body_html)

    def test_revise_todo_ends_when_resubmitted(self):
        self._reject()
        self.order.action_o2c_submit()
        self.assertFalse(self.todos_of(self.salesperson, self.order, REVISE))
        self.assertTrue(self.todos_of(self.order_admin, self.order))

    def test_revise_todo_ends_when_cancelled(self):
        self._reject()
        self.order._action_cancel()
        self.assertFalse(self.order.sudo().activity_ids)

    def _reject(self):
        self.tasks_of(self.order_admin, self.order).action_reject("Too cheap")
        self.assertTrue(self.todos_of(self.salesperson, self.order, REVISE))
        self.assertFalse(self.todos_of(self.order_admin, self.order))

    def test_one_of_two_decided_keeps_the_todo(self):
        step = self.flow.step_ids.filtered(lambda s: s.name == "Warehouse")
        step.write(
            {
                "decider_type": "users",
                "user_ids": [Command.set((self.finance | self.warehouse).ids)],
            }
        )
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        finance = self.tasks_of(self.finance, order).filtered(
            lambda task: task.name == "Finance"
        )
        finance.action_approve()
        self.assertTrue(self.todos_of(self.finance, order))
        self.assertFalse(self.todos_of(self.finance2, order))
        self.approve(order, self.finance)
        self.assertFalse(order.sudo().activity_ids)

    def test_all_of_them_each_ends_their_own(self):
        step = self.flow.step_ids.filtered(lambda s: s.name == "Finance")
        step.rule = "all"
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin, self.finance)
        self.assertFalse(self.todos_of(self.finance, order))
        self.assertTrue(self.todos_of(self.finance2, order))

    def test_step_that_is_no_longer_needed_takes_its_todo(self):
        order = self.make_order([(self.product, 10, 60.0)])
        order.action_o2c_submit()
        needless = order.sudo().o2c_task_ids.filtered(lambda t: t.state == "pending")
        deciders = needless.user_ids
        needless.write({"state": "cancelled"})
        self.assertTrue(deciders)
        self.assertFalse(order.sudo().activity_ids)

    def test_recall_tells_the_deciders(self):
        self.order.action_o2c_recall()
        self.assertIn("Sales took", self.messages_to(self.order_admin, self.order))
        self.assertFalse(self.todos_of(self.order_admin, self.order))

    def test_ended_todos_are_deleted_later(self):
        todo = self.todos_of(self.order_admin, self.order)
        self.approve(self.order, self.order_admin)
        self.assertTrue(todo.exists())
        self.assertFalse(todo.active)
        open_todos = self.order.sudo().activity_ids
        self.env["mail.activity"]._o2c_gc_ended()
        self.assertFalse(todo.exists())
        self.assertEqual(self.order.sudo().activity_ids, open_todos)

    def test_many_orders_in_one_go(self):
        orders = self.make_order() | self.make_order() | self.make_order()
        orders.action_o2c_submit()
        orders.sudo().activity_ids.unlink()
        orders._o2c_notify("approval_requested")
        for order in orders:
            todo = self.todos_of(self.order_admin, order)
            self.assertEqual(len(todo), 1)
            self.assertIn(order.name, todo.summary)
        orders._o2c_close_todos("approval_requested")
        self.assertFalse(orders.sudo().activity_ids)

    def test_no_query_for_each_document(self):
        def count_queries(orders):
            orders.sudo().activity_ids.unlink()
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            orders._o2c_notify("approval_requested")
            orders._o2c_close_todos("approval_requested")
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        orders = self.env["sale.order"].with_user(self.salesperson)
        for _index in range(10):
            orders |= self.make_order()
        orders.action_o2c_submit()
        count_queries(orders)
        self.assertLessEqual(count_queries(orders), count_queries(orders[:2]) + 2)


@tagged("post_install", "-at_install")
class TestNotificationMails(NotificationCase):
    """Mails wait in the queue: one for each reader, in their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail_rule = cls.env.ref(
            "sale_o2c_flow.notification_rule_approval_requested_decider_mail"
        )
        cls.mail_rule.active = True

    def test_decider_gets_a_mail(self):
        order = self.make_order()
        order.action_o2c_submit()
        mail = self.mails_to(self.order_admin)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(order.name, mail.subject)
        self.assertIn("Hello Orders", mail.body_html)
        self.assertIn(f"model=sale.order&amp;res_id={order.id}", mail.body_html)
        self.assertTrue(mail.auto_delete)
        self.assertFalse(mail.model, "customers see what belongs to the order")
        self.assertFalse(self.mails_to(self.finance))

    def test_each_reader_has_one_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.finance2.lang = "fr_FR"
        template = self.mail_rule.template_id
        template.with_context(lang="fr_FR").subject = "Veuillez approuver"
        self.make_rule("approval_requested", "finance", "mail", template_id=template.id)
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        self.assertEqual(len(self.mails_to(self.finance)), 2)
        french = self.mails_to(self.finance2)
        self.assertEqual(set(french.mapped("subject")), {"Veuillez approuver"})

    def test_presets_can_be_saved_where_there_are_orders(self):
        self.make_order()
        for name in (
            "mail_template_notice",
            "mail_template_approval_requested",
            "mail_template_order_approved",
            "mail_template_order_rejected",
        ):
            template = self.env.ref(f"sale_o2c_flow.{name}")
            template.with_user(self.env.ref("base.user_admin")).write(
                {"subject": template.subject, "body_html": template.body_html}
            )

    def test_edited_template_is_used(self):
        self.mail_rule.template_id.write(
            {"subject": "Decide {{ object.name }}", "body_html": "<p>At once</p>"}
        )
        order = self.make_order()
        order.action_o2c_submit()
        mail = self.mails_to(self.order_admin)
        self.assertEqual(mail.subject, f"Decide {order.name}")
        self.assertIn("At once", mail.body_html)

    def test_links_to_decide_are_personal(self):
        orders = self.registry["sale.order"]

        def get_links(order, user):
            return {"Approve": f"https://example.com/{order.id}/{user.login}"}

        self.patch(orders, "_o2c_get_decision_links", get_links)
        order = self.make_order()
        order.action_o2c_submit()
        self.approve(order, self.order_admin)
        for user in (self.finance, self.finance2):
            body = self.mails_to(user).body_html
            self.assertIn(f"https://example.com/{order.id}/{user.login}", body)

    def test_only_approving_is_a_filled_button(self):
        order = self.make_order()
        order.action_o2c_submit()
        body = self.mails_to(self.order_admin).body_html
        styles = [
            link.get("style")
            for link in html.fromstring(body).iterfind(".//a[@style]")
            if "/o2c/approval/" in link.get("href")
        ]
        self.assertEqual(
            ["background-color: #714b67" in style for style in styles], [True, False]
        )

    def test_nobody_is_lost_without_an_address(self):
        self.leader.partner_id.email = False
        template = self.env.ref("sale_o2c_flow.mail_template_notice")
        for channel in ("mail", "message"):
            self.make_rule(
                "order_approved", "team_leader", channel, template_id=template.id
            )
        order = self.make_confirmed_order()
        self.assertFalse(self.mails_to(self.leader))
        todo = order.sudo().activity_ids.filtered(lambda t: t.user_id == self.leader)
        self.assertEqual(len(todo), 1)
        self.assertIn("is approved", todo.summary)

    def test_delivery_uses_the_template_for_its_order(self):
        template = self.env.ref("sale_o2c_flow.mail_template_notice")
        self.make_rule("shipped", "team_leader", "mail", template_id=template.id)
        order = self.make_confirmed_order()
        self.ship(order)
        mail = self.mails_to(self.leader)
        self.assertIn(order.name, mail.subject)
        self.assertIn(order.sudo().picking_ids.name, mail.body_html)

    def test_template_in_use_stays(self):
        with self.assertRaises(RestrictViolation), mute_logger("odoo.sql_db"):
            self.mail_rule.template_id.unlink()


@tagged("post_install", "-at_install")
class TestNotificationFollowers(NotificationCase):
    """Whoever only has work to do follows nothing, and gets no customer mails."""

    def test_no_decider_follows(self):
        order = self.make_confirmed_order()
        collection = self.collect({order: 100.0}, confirm=False)
        collection.action_submit()
        picking = self.ship(order)
        everybody = (
            self.order_admin
            | self.finance
            | self.finance2
            | self.warehouse
            | self.shipper
            | self.director
        ).partner_id
        self.assertTrue(collection.sudo().activity_ids)
        for document in (order, picking, collection):
            followers = document.sudo().message_partner_ids
            self.assertFalse(followers & everybody, document)

    def test_todo_handed_on(self):
        order = self.make_order()
        order.action_o2c_submit()
        todo = self.todos_of(self.order_admin, order)
        todo.with_user(self.order_admin).sudo().user_id = self.finance
        self.assertEqual(todo.user_id, self.finance)
        self.assertNotIn(self.finance.partner_id, order.sudo().message_partner_ids)

    def test_other_activities_still_subscribe(self):
        order = self.make_order()
        activity = order.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.finance.id
        )
        self.assertIn(self.finance.partner_id, order.sudo().message_partner_ids)
        activity.user_id = self.finance2
        self.assertIn(self.finance2.partner_id, order.sudo().message_partner_ids)
