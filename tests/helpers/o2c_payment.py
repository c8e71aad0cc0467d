"""An online payment provider that answers what a test wants."""

from odoo.fields import Command

REDIRECT_FORM = '<form action="dummy" method="post"/>'


def make_provider(company):
    """Return a published provider of a company, whose money goes to its bank journal."""
    env = company.env
    method = env.ref("payment.payment_method_unknown")
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    form = env["ir.ui.view"].create(
        {"name": "Redirect", "type": "qweb", "arch": REDIRECT_FORM}
    )
    provider = env["payment.provider"].create(
        {
            "name": "Provider",
            "code": "none",
            "state": "test",
            "is_published": True,
            "company_id": company.id,
            "journal_id": journal.id,
            "payment_method_ids": [Command.set(method.ids)],
            "redirect_form_view_id": form.id,
            "support_manual_capture": "partial",
            "support_refund": "partial",
        }
    )
    method.active = True
    _add_payment_method_line(provider)
    return provider


def _add_payment_method_line(provider):
    """Let the journal book what comes from a provider Odoo knows no module of."""
    line = provider.journal_id.inbound_payment_method_line_ids[:1]
    line.copy({"payment_provider_id": provider.id, "name": provider.name})


def make_transaction(provider, orders, amount, **values):
    """Return a transaction for orders, as the portal creates it."""
    sequence = provider.env["payment.transaction"].search_count([])
    return provider.env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids[0].id,
            "reference": f"TX-{sequence + 1}",
            "amount": amount,
            "currency_id": orders[0].currency_id.id,
            "partner_id": orders[0].partner_id.id,
            "operation": "online_redirect",
            "sale_order_ids": [Command.set(orders.ids)],
            **values,
        }
    )


def receive(transaction):
    """Have the provider report that the money is there, and work that off."""
    transaction._set_done()
    transaction._post_process()
