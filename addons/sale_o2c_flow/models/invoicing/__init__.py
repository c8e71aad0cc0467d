from . import res_company
from . import o2c_invoice_kind
from . import o2c_invoice_title
from . import res_partner
from . import o2c_invoice_request
from . import account_move
from . import sale_order
