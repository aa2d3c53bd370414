def sort_key(n):
    return n


def initials(n):
    return n
