from . import o2c_protected_mixin
from . import res_currency
from . import res_users
from . import o2c_customer_level
from . import res_partner
from . import sale_order
from . import level_terms
from . import credit_limit
