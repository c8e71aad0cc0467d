from . import res_company
from . import o2c_discount_policy
from . import o2c_discount_tier
from . import sale_order_line
from . import sale_order
from . import order_discount
from . import order_discount_lines
