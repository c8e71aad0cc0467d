from . import loyalty_program
from . import loyalty_card
from . import sale_order_line
from . import sale_order_discount
from . import sale_order_rewards
from . import sale_order_settling
from . import sale_order_gate
