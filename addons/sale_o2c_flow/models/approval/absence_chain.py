"""Who stands in for somebody who is absent: pure functions on plain data."""


def find_stand_in(user, delegates, may_stand_in):
    """Follow the chain of delegates to the first one who is there and may decide.

    :param int user: who is absent
    :param dict delegates: delegate by absent user
    :param may_stand_in: function that tells whether a user may decide
    :return: the user found; nothing where nobody is, also where the chain is a loop
    """
    seen = {user}
    current = delegates.get(user)
    while current and current not in seen:
        seen.add(current)
        if current not in delegates and may_stand_in(current):
            return current
        current = delegates.get(current)
    return None


def find_loop(absence, absences):
    """Return the users of a loop that an absence closes, empty when there is none.

    A loop is one that holds on some day, for some flow.

    :param tuple absence: user, delegate, first day, last day, flows (empty: all)
    :param list absences: the other absences, alike
    """
    user, delegate, first, last, flows = absence
    paths = [((user, delegate), first, last, flows)]
    while paths:
        path, first, last, flows = paths.pop()
        for follower, next_one, other_first, other_last, other_flows in absences:
            begins, ends = max(first, other_first), min(last, other_last)
            shared = flows & other_flows if flows and other_flows else None
            if follower != path[-1] or begins > ends or shared == frozenset():
                continue
            if next_one == user:
                return (*path, user)
            if next_one not in path:
                shared = flows | other_flows if shared is None else shared
                paths.append(((*path, next_one), begins, ends, shared))
    return ()


def find_dependants(users, absences):
    """Return those whose chain of delegates leads through some users, these included.

    :param absences: pairs of user and delegate
    """
    found, grown = set(users), True
    while grown:
        reached = {user for user, delegate in absences if delegate in found}
        grown = not reached <= found
        found |= reached
    return found
