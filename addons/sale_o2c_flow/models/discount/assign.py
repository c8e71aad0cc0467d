def assign(record, **values):
    """Set what differs from what a record says.

    A stored value that is computed again and comes out the same would be written
    without this: a query, and a conflict with whoever changes the record meanwhile.
    """
    for name, value in values.items():
        if record[name] != value:
            record[name] = value
