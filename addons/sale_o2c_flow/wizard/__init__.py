from . import o2c_decision
from . import o2c_collection_reject
from . import o2c_receipt
from . import o2c_ship
from . import o2c_invoice_reject
from . import sale_order_discount
