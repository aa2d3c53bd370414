def grams(t):
    return " ".join(dict.fromkeys(t[i : i + 2] for i in range(len(t) - 1)))


def terms(q):
    return [q[i : i + 2] for i in range(len(q) - 1)]
