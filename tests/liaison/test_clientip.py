import pytest
from axes.helpers import get_client_ip_address
from django.test import RequestFactory

from liaison.lib.clientip import client_ip


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.2.3.4", "10.0.0.9"),  # no proxy of ours: the header is the client's own invention
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),  # came round the outer proxy
        (1, "", "10.0.0.9"),
    ],
)
def test_only_what_our_proxies_appended_is_believed(settings, proxies: int, forwarded: str, expected: str) -> None:
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **headers)) == expected


def test_the_lock_out_counts_by_the_same_address(settings) -> None:
    settings.PROXY_COUNT = 1
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert get_client_ip_address(request) == "1.2.3.4"
