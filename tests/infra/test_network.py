"""Which of a laptop's addresses phones may reach, and the name that is announced."""

from __future__ import annotations

import socket

import pytest

from assessment.infra.network import Interface, announced, by_likelihood, own_addresses, usual_names


def interface(name: str, *addresses: str, called: str = "") -> Interface:
    return Interface((name, called or name), addresses)


LINUX = [
    interface("lo", "127.0.0.1", "::1"),
    interface("eth0", "10.20.0.4", "fe80::1"),
    interface("wlp2s0", "192.168.1.23", "2a02:8109::7"),
    interface("docker0", "172.17.0.1"),
    interface("br-0f3a", "172.18.0.1"),
    interface("tun0", "10.8.0.2"),
    interface("tailscale0", "100.101.2.3"),
]
WINDOWS = [
    interface("{1}", "172.29.80.1", called="Hyper-V Virtual Ethernet Adapter (WSL)"),
    interface("{2}", "192.168.56.1", called="VirtualBox Host-Only Ethernet Adapter"),
    interface("{3}", "10.0.0.5", called="Intel(R) Wi-Fi 6 AX201 160MHz"),
    interface("{4}", "192.168.0.9", called="Realtek PCIe GbE Family Controller"),
    interface("{5}", "169.254.3.3", called="Ethernet 2"),
    interface("{6}", "10.99.0.2", called="TAP-Windows Adapter V9"),
]
HOTSPOT = [interface("{7}", "192.168.137.1", called="Microsoft Wi-Fi Direct Virtual Adapter")]


@pytest.mark.parametrize(
    ("interfaces", "routed", "expected"),
    [
        (LINUX, "10.8.0.2", ("192.168.1.23", "10.20.0.4", "2a02:8109::7")),
        (LINUX, "10.20.0.4", ("192.168.1.23", "10.20.0.4", "2a02:8109::7")),
        (WINDOWS, "192.168.0.9", ("10.0.0.5", "192.168.0.9")),
        (HOTSPOT, None, ("192.168.137.1",)),
        ([interface("en0", "172.16.4.4"), interface("en5", "192.168.2.2")], None, ("192.168.2.2", "172.16.4.4")),
        ([interface("eth0", "203.0.113.9", "10.1.1.1")], "203.0.113.9", ("203.0.113.9", "10.1.1.1")),
        ([interface("lo", "127.0.0.1"), interface("docker0", "172.17.0.1")], None, ()),
    ],
)
def test_the_likeliest_address_comes_first_and_tunnels_not_at_all(interfaces, routed, expected) -> None:
    assert by_likelihood(interfaces, routed) == expected


def test_this_machine_has_addresses_that_it_can_listen_on() -> None:
    addresses = own_addresses()
    if not addresses:
        pytest.skip("this machine is in no network")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.create_server((address, 0), family=family):
            pass


def test_where_nothing_can_be_announced_the_server_goes_on_without_a_name() -> None:
    for hosts in (("203.0.113.77",), ("fd00::1",), ()):
        with announced(hosts, 8000) as name:
            assert name == ""


def test_two_laptops_try_different_names() -> None:
    first, second = usual_names()
    assert first == "escala"
    assert second.startswith("escala-")
    assert second == second.lower()
