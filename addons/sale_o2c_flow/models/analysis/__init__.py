from . import o2c_fact
