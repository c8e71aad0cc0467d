from . import test_promotion_discount
from . import test_promotion_gate
