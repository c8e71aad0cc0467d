from . import test_approval_gate
from . import test_approval_decisions
from . import test_cash_identity
from . import test_collection
from . import test_discount
from . import test_fulfilment
from . import test_invoice_request
from . import test_screens
