"""From which address a request came, as far as that can be trusted."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The address that reached the outermost of our proxies, or the connection's own where there is none.

    What a client writes into X-Forwarded-For stands to the left of what our proxies append, so it is never believed.
    """
    own = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return forwarded[-count] if 0 < count <= len(forwarded) else own
