"""Events of the path from order to cash that people can be told about."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

EVENTS = [
    ("approval_requested", "Approval requested"),
    ("approval_returned", "Approval due again after a change"),
    ("approval_nudged", "Approval asked for once more"),
    ("approval_late", "Approval late"),
    ("approval_escalated", "Approval escalated"),
    ("approval_forwarded", "Approval forwarded"),
    ("advice_requested", "Advice requested"),
    ("approval_answered", "Question answered"),
    ("approval_sent_back", "Order sent back with a question"),
    ("approval_recalled", "Order recalled"),
    ("step_approved", "Step approved"),
    ("order_approved", "Order approved"),
    ("order_rejected", "Order rejected"),
    ("order_on_hold", "Signature or payment on hold"),
    ("change_requested", "Change to approve"),
    ("change_approved", "Change approved"),
    ("change_rejected", "Change rejected"),
    ("ready_to_ship", "Ready to ship"),
    ("shipped", "Shipped"),
    ("received", "Received by the customer"),
    ("collection_submitted", "Collection to confirm"),
    ("collection_confirmed", "Collection confirmed"),
    ("collection_rejected", "Collection rejected"),
    ("invoice_requested", "Invoice requested"),
    ("invoice_issued", "Invoice issued"),
    ("invoice_rejected", "Invoice request rejected"),
]

AUDIENCES = [
    ("decider", "Those who decide the step"),
    ("salesperson", "Salesperson"),
    ("submitter", "Whoever submitted the order"),
    ("asked", "Whoever is asked"),
    ("follower", "Colleagues who follow the document"),
    ("team_leader", "Team leader"),
    ("order_admin", "Order administrators"),
    ("finance", "Finance"),
    ("warehouse", "Warehouse approvers"),
    ("shipper", "Shippers"),
    ("manager", "O2C managers"),
    ("users", "Named users"),
]

AUDIENCE_GROUPS = {
    "order_admin": "sale_o2c_flow.group_order_admin",
    "finance": "sale_o2c_flow.group_finance",
    "warehouse": "sale_o2c_flow.group_warehouse_approver",
    "shipper": "sale_o2c_flow.group_shipper",
    "manager": "sale_o2c_flow.group_manager",
}

CHANNELS = [
    ("todo", "To-do"),
    ("message", "Message (inbox or mail, as each user prefers)"),
    ("mail", "Mail from a template"),
]

# A rule is told as a sentence: "When an order is rejected, give the salesperson a to-do".
EVENT_CLAUSES = {
    "approval_requested": _lt("an approval is requested"),
    "approval_returned": _lt("an approval falls due again after a change"),
    "approval_nudged": _lt("the salesperson reminds of an approval"),
    "approval_late": _lt("an approval is late"),
    "approval_escalated": _lt("an approval is escalated"),
    "approval_forwarded": _lt("an approval is forwarded"),
    "advice_requested": _lt("advice is requested"),
    "approval_answered": _lt("a question is answered"),
    "approval_sent_back": _lt("an order is sent back with a question"),
    "approval_recalled": _lt("an order is recalled"),
    "step_approved": _lt("a step is approved and others are open"),
    "order_approved": _lt("an order is approved"),
    "order_rejected": _lt("an order is rejected"),
    "order_on_hold": _lt("a signature or payment is on hold"),
    "change_requested": _lt("a change has to be approved"),
    "change_approved": _lt("a change is approved"),
    "change_rejected": _lt("a change is rejected"),
    "ready_to_ship": _lt("goods are ready to ship"),
    "shipped": _lt("goods are shipped"),
    "received": _lt("the customer has received the goods"),
    "collection_submitted": _lt("a collection has to be confirmed"),
    "collection_confirmed": _lt("a collection is confirmed"),
    "collection_rejected": _lt("a collection is rejected"),
    "invoice_requested": _lt("an invoice is requested"),
    "invoice_issued": _lt("an invoice is issued"),
    "invoice_rejected": _lt("an invoice request is rejected"),
}
AUDIENCE_CLAUSES = {
    "decider": _lt("those who decide"),
    "salesperson": _lt("the salesperson"),
    "submitter": _lt("whoever submitted the order"),
    "asked": _lt("whoever is asked"),
    "follower": _lt("colleagues who follow the document"),
    "team_leader": _lt("the team leader"),
    "order_admin": _lt("order administrators"),
    "finance": _lt("finance"),
    "warehouse": _lt("warehouse approvers"),
    "shipper": _lt("shippers"),
    "manager": _lt("O2C managers"),
}

# To-dos of an event have their own activity type, so that they can be told apart.
EVENT_ACTIVITY_TYPES = {
    "approval_requested": "sale_o2c_flow.mail_activity_approve",
    "approval_returned": "sale_o2c_flow.mail_activity_approve",
    "approval_nudged": "sale_o2c_flow.mail_activity_approve",
    "approval_late": "sale_o2c_flow.mail_activity_approve",
    "approval_escalated": "sale_o2c_flow.mail_activity_approve",
    "approval_forwarded": "sale_o2c_flow.mail_activity_approve",
    "change_requested": "sale_o2c_flow.mail_activity_approve",
    "advice_requested": "sale_o2c_flow.mail_activity_answer",
    "approval_sent_back": "sale_o2c_flow.mail_activity_answer",
    "order_rejected": "sale_o2c_flow.mail_activity_revise",
    "ready_to_ship": "sale_o2c_flow.mail_activity_ship",
    "shipped": "sale_o2c_flow.mail_activity_confirm_receipt",
    "collection_submitted": "sale_o2c_flow.mail_activity_confirm_collection",
    "collection_rejected": "sale_o2c_flow.mail_activity_revise",
    "invoice_requested": "sale_o2c_flow.mail_activity_issue_invoice",
    "invoice_rejected": "sale_o2c_flow.mail_activity_revise",
}
DEFAULT_ACTIVITY_TYPE = "mail.mail_activity_data_todo"
