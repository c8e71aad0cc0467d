from . import test_manager_decides
from . import test_department
