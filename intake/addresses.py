"""Where webhooks may go: public hosts over HTTPS, and hosts that the operator named. Nothing inside the bank can be reached by naming it.

Threat: whoever registers an address makes this server speak to it. So the address is parsed strictly, its name is resolved once, every
address that comes of it must pass a deny list of our own (Python's `is_global` lets translated and tunnelled ones pass), and the
connection goes to the address that was checked, not to the name. Redirects are not followed. Accepted: a named host (`webhook_hosts`)
may be private; that is what naming is for. Link-local addresses (cloud metadata) are refused even then.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from intake.settings import Settings

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
LONGEST = 500
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
"""A name whose last label begins with a letter: numbers in other notations (0x7f000001, 2130706433, 0177.1) are none."""
DENIED = [
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
PUBLIC_6 = ipaddress.ip_network("2000::/3")
"""Of IPv6 only this is public at all: loopback, mapped, compatible, NAT64, unique-local, link- and site-local, multicast lie outside."""
NEVER = [ipaddress.ip_network(each) for each in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "fe80::/10", "ff00::/8")]
"""Not even for a named host."""


class AddressRefused(ValueError):
    """Webhooks may not go there. The message is a stable word."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address as it was parsed. `named`: the operator named its host."""

    https: bool
    host: str
    port: int
    path: str
    named: bool


def parsed(url: str, settings: Settings) -> Target:
    """The address, if it is one that may be registered. Raises AddressRefused. No name is resolved here."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused("malformed")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise AddressRefused("malformed") from None
    if parts.scheme not in ("https", "http") or "@" in parts.netloc or parts.fragment or not host:
        raise AddressRefused("malformed")
    only, hosts = named_hosts(settings)
    named = host in hosts
    if only and not named:
        raise AddressRefused("host_not_allowed")
    literal = _literal(host)
    if literal is None and not HOST.fullmatch(host):
        raise AddressRefused("malformed")
    if literal is not None:
        check(literal, named)
    https = parts.scheme == "https"
    loose = named and settings.webhook_http
    if not loose and (not https or port not in (None, 443)):
        raise AddressRefused("https_only")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(https, host, port or (443 if https else 80), path, named)


def named_hosts(settings: Settings) -> tuple[bool, frozenset[str]]:
    """Whether only named hosts may be reached, and which those are."""
    text = settings.webhook_hosts.strip().lower()
    only = text.startswith("only:")
    return only, frozenset(each.strip() for each in text.removeprefix("only:").split(",") if each.strip())


def checked(target: Target, resolve: Resolver | None = None) -> str:
    """The IP to connect to: the first of the name's, all of which must be allowed. Raises AddressRefused."""
    found = (resolve or resolved)(target.host, target.port)
    if not found:
        raise AddressRefused("unresolved")
    for each in found:
        literal = _literal(each)
        if literal is None:
            raise AddressRefused("unresolved")
        check(literal, target.named)
    return found[0]


def check(ip: Ip, named: bool = False) -> None:
    """Raises AddressRefused for an address that is not public (for a named host: that is never to be reached)."""
    inner = getattr(ip, "ipv4_mapped", None)
    if inner is not None:
        check(inner, named)
        if not named:
            raise AddressRefused("address_not_public")
        return
    if any(ip in net for net in NEVER if net.version == ip.version) or ip.is_unspecified:
        raise AddressRefused("address_not_public")
    if named:
        return
    if ip.version == 6 and ip not in PUBLIC_6:
        raise AddressRefused("address_not_public")
    if any(ip in net for net in DENIED if net.version == ip.version):
        raise AddressRefused("address_not_public")


def resolved(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, by the system's resolver."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _literal(host: str) -> Ip | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
