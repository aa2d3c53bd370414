def mask_name(n):
    return n[:1] + "**"


def mask_phone(n):
    return n[:3] + "****" + n[-4:]
