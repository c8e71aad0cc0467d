from . import o2c_fact
from . import o2c_approval_analysis
