"""Events of the path from order to cash that people can be told about."""

EVENTS = [
    ("approval_requested", "Approval requested"),
    ("approval_returned", "Approval due again after a change"),
    ("order_approved", "Order approved"),
    ("order_rejected", "Order rejected"),
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
]

# To-dos of an event have their own activity type, so that they can be told apart.
EVENT_ACTIVITY_TYPES = {
    "approval_requested": "sale_o2c_flow.mail_activity_approve",
    "approval_returned": "sale_o2c_flow.mail_activity_approve",
    "order_rejected": "sale_o2c_flow.mail_activity_revise",
    "ready_to_ship": "sale_o2c_flow.mail_activity_ship",
    "shipped": "sale_o2c_flow.mail_activity_confirm_receipt",
    "collection_submitted": "sale_o2c_flow.mail_activity_confirm_collection",
    "collection_rejected": "sale_o2c_flow.mail_activity_revise",
    "invoice_requested": "sale_o2c_flow.mail_activity_issue_invoice",
    "invoice_rejected": "sale_o2c_flow.mail_activity_revise",
}
DEFAULT_ACTIVITY_TYPE = "mail.mail_activity_data_todo"
