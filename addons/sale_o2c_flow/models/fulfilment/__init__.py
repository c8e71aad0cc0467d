from . import price_access
from . import stock_picking
from . import stock_return
from . import sale_order
