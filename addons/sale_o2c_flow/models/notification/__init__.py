from . import o2c_notification_rule
from . import o2c_notification_mixin
from . import sale_order
from . import stock_picking
from . import res_groups
