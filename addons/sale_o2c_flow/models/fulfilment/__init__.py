from . import price_access
from . import stock_picking
from . import sale_order
