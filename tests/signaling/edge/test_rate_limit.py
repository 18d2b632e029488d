from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request

from signaling.edge.rate_limit import KEYS_KEPT, Rate, RateLimit, rate_key, source_of


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_is_let_through_and_then_only_the_rate() -> None:
    clock = Clock()
    limit = RateLimit(Rate(per_s=2, burst=3), clock)
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.wait_s("b") == 0
    clock.now_s = 0.5
    assert [limit.wait_s("a"), limit.wait_s("a")] == [0, 0.5]
    clock.now_s = 1000
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_sources_without_end_take_no_memory_without_end() -> None:
    limit = RateLimit(Rate(per_s=1, burst=1), Clock())
    for number in range(KEYS_KEPT + 1000):
        limit.wait_s(str(number))
        limit.wait_s("often")
    assert len(limit._buckets) == KEYS_KEPT
    assert limit.wait_s("often") > 0


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_client_is_its_whole_network(address: str, key: str) -> None:
    assert rate_key(address) == key


@pytest.mark.parametrize(
    ("trusted", "forwarded", "source"),
    [
        ([], "203.0.113.9", "127.0.0.1"),
        (["127.0.0.0/8"], "203.0.113.9", "203.0.113.9"),
        (["127.0.0.0/8"], "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (["127.0.0.0/8", "10.0.0.0/8"], "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (["127.0.0.0/8"], "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(trusted: list[str], forwarded: str, source: str) -> None:
    class Transport:
        def get_extra_info(self, name: str, default: object = None) -> object:
            return ("127.0.0.1", 1) if name == "peername" else default

    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers, transport=Transport())
    assert source_of(request, [ip_network(one) for one in trusted]) == source
