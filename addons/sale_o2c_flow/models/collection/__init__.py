from . import res_company
from . import o2c_collection
from . import o2c_collection_allocation
from . import o2c_installment
from . import o2c_cash_movement
from . import account_payment
from . import account_move
from . import sale_order
