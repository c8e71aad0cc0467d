from . import common
from . import notification
from . import discount
from . import approval
from . import fulfilment
from . import collection
from . import invoicing
from . import analysis
