from . import o2c_approval_flow
from . import o2c_approval_step
from . import o2c_approval_task
from . import o2c_approval_decision
from . import sale_order
from . import sale_order_gate
from . import sale_order_line
from . import payment_transaction
