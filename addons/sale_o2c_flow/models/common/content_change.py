class ContentChange:
    """Collects the orders changed in one go and settles them once, at the end.

    A change may nest others: an order written with its lines, a line that recomputes
    its price. Only the outermost settles. Subclasses say what is worth remembering of
    orders before they change, and what has to follow.
    """

    # What the collection is called on the cursor.
    key = None

    def __init__(self, orders):
        self.orders = orders

    def remember(self, orders):
        """Return what orders say before they change, by id of the order."""
        return {}

    def settle(self, orders, before):
        """Bring in line what follows from the change.

        :param orders: the orders that were changed, in the environment of who began
        :param dict before: what was remembered of them
        """
        raise NotImplementedError

    def __enter__(self):
        # Kept on the cursor: callers can forge a context, not this.
        self.cache = self.orders.env.cr.cache
        self.outermost = self.key not in self.cache
        self.add(self.orders)
        return self

    def add(self, orders):
        """Add orders that are about to change, too."""
        known, before = self.cache.get(self.key, (orders.browse(), {}))
        added = orders.with_env(known.env) - known
        self.cache[self.key] = (known | added, before | self.remember(added))

    def __exit__(self, exc_type, exc_value, traceback):
        if not self.outermost:
            return
        changed, before = self.cache.pop(self.key)
        if exc_type is None:
            self.settle(changed, before)
