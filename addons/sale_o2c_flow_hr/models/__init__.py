from . import o2c_approval_step
from . import res_users
from . import sale_order
