"""This machine in its local network: the addresses that phones may reach it at, and a name that is announced there."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

DOCUMENTATION_ADDRESSES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Reserved (RFC 5737, RFC 3849): the route to them shows this machine's own address; nothing is sent."""
CARRIER = ipaddress.ip_network("100.64.0.0/10")
"""Of carriers and of private networks over the internet (RFC 6598): no phone in the room has one."""
USUAL_AT_HOME = (ipaddress.ip_network("192.168.0.0/16"), ipaddress.ip_network("10.0.0.0/8"))
"""What routers give out; 172.16.0.0/12 is private, too, and more often within one machine."""
_VIRTUAL = re.compile(
    r"^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|podman|kube|tun|tap|wg|ppp|zt|utun|awdl|llw|tailscale|ham)"
    r"|wsl|hyper-v|virtualbox|vmware|vpn|wireguard|tap-windows|tailscale|zerotier|hamachi|loopback|bluetooth|docker",
    re.IGNORECASE,
)
"""Names of interfaces that lead to no phone: machines within this one, and tunnels."""
_WIRELESS = re.compile(r"^(wl|wifi|ath|ra\d)|wi-?fi|wlan|wireless|802\.11|airport", re.IGNORECASE)
NAME = "escala"
ANSWERS_WITHIN = 1_500
"""Milliseconds for another machine to say that it has the name."""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface with what it is called, by its short name and as people see it, and its addresses."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def is_virtual(self) -> bool:
        return any(_VIRTUAL.search(name) for name in self.names)

    @property
    def is_wireless(self) -> bool:
        return any(_WIRELESS.search(name) for name in self.names)


@dataclass(slots=True)
class LocalNetwork:
    """How a server that was started for the local network is reached: `addresses` begin with `http://`, the likeliest
    first; `name` is such an address, too, once the name is announced."""

    addresses: tuple[str, ...] = ()
    name: str = ""


def own_address() -> str | None:
    """The address with which this machine reaches others; `None` if it is in no network."""
    for family, elsewhere in DOCUMENTATION_ADDRESSES:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            address: str = probe.getsockname()[0]
            if not address.startswith(("127.", "0.", "::")):
                return address
    return None


def own_addresses() -> tuple[str, ...]:
    """All addresses that a phone of the local network may reach, the likeliest first; empty if there is no network."""
    routed = own_address()
    found = by_likelihood(_interfaces(), routed)
    return found or ((routed,) if routed else ())


def by_likelihood(interfaces: Iterable[Interface], routed: str | None) -> tuple[str, ...]:
    """The addresses of interfaces that lead out of this machine: private ones of the Wi-Fi first, then the one of the
    way to the internet (`routed`), then other private ones, then what is left, IPv6 last. Tunnels are left out."""
    ranked = []
    for at, interface in enumerate(interfaces):
        if interface.is_virtual:
            continue
        for text in interface.addresses:
            address = ipaddress.ip_address(text)
            if _leads_nowhere(address):
                continue
            is_usual = any(address in network for network in USUAL_AT_HOME if network.version == address.version)
            rank = (
                address.version,
                not (interface.is_wireless and address.is_private),
                text != routed,
                not address.is_private,
                not is_usual,
                at,
            )
            ranked.append((rank, text))
    return tuple(dict.fromkeys(text for _rank, text in sorted(ranked)))


def _leads_nowhere(address: IPAddress) -> bool:
    is_carrier = address.version == 4 and address in CARRIER
    return is_carrier or address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


def _interfaces() -> Sequence[Interface]:
    import ifaddr

    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return ()
    return [
        Interface(
            (str(adapter.name), str(adapter.nice_name)),
            tuple(ip.ip if isinstance(ip.ip, str) else ip.ip[0] for ip in adapter.ips),
        )
        for adapter in adapters
    ]


@contextlib.contextmanager
def announced(hosts: Sequence[str], port: int, *, names: Sequence[str] = ()) -> Iterator[str]:
    """Announces a name of this machine in the local network (multicast DNS, RFC 6762) as long as the block runs.

    Gives the first of `names` that no other machine answers to, as `escala.local`; an empty text where nothing can be
    announced: without multicast the server works all the same. Takes a second or two.
    """
    with contextlib.ExitStack() as opened:
        name = ""
        with contextlib.suppress(Exception):  # whatever a network, a firewall or a driver does to it
            name = _announce(hosts, port, names or usual_names(), opened)
        yield name


def _is_ours(host: str) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return True
    return False


def usual_names() -> tuple[str, ...]:
    """The names to try: the product's, then the same with this machine's own, as two laptops may be in one network."""
    own = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().partition(".")[0].lower()).strip("-")[:30]
    return (NAME, f"{NAME}-{own or '2'}")


def _announce(hosts: Sequence[str], port: int, names: Sequence[str], opened: contextlib.ExitStack) -> str:
    import zeroconf
    from zeroconf import ServiceInfo, Zeroconf

    inside = [host for host in hosts if ":" not in host and _is_ours(host)]
    if not inside:
        return ""
    network = Zeroconf(interfaces=inside)
    opened.callback(network.close)
    for name in names:
        server = f"{name}.local."
        other: Any = getattr(zeroconf, "AddressResolverIPv4")(server)  # noqa: B009 - public, and missing in its types
        if other.request(network, ANSWERS_WITHIN) and set(other.parsed_addresses()) - set(inside):
            continue
        service = ServiceInfo(
            "_http._tcp.local.",
            f"Escala {name}._http._tcp.local.",
            port=port,
            server=server,
            parsed_addresses=inside,
        )
        network.register_service(service, allow_name_change=True)
        return server.removesuffix(".")
    return ""
