"""Domains that may be those of authorities, from the websites that a source gives: for a person to
look at. No public register says which mail domain is whose, and websites mislead: park
authorities have that of the whole government, and some have a neighbour's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList
from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.accounts.addresses import AddressError, parse
from providers.accounts.domains import COUNTS

# Whoever likes gets an address there.
FREE_MAIL = frozenset(
    {"aol.com", "btinternet.com", "gmail.com", "googlemail.com", "gmx.co.uk", "gmx.com"}
    | {"hotmail.co.uk", "hotmail.com", "icloud.com", "live.co.uk", "live.com", "mail.com"}
    | {"me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "sky.com"}
    | {"talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com", "zoho.com"}
)


class DomainError(ValueError):
    """A domain that may be nobody's."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation, the domain of its website ('' where there is none that can be used), whether
    it is approved, and what a person should look at first."""

    organisation: str
    name: str
    domain: str
    approved: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Site:
    organisation: str
    name: str
    website: str | None
    domains: tuple[str, ...]


_SITES = f"""
SELECT o.organisation, coalesce(o.name, o.organisation) AS name, o.website,
    coalesce(array_agg(d.domain) FILTER (WHERE d.domain IS NOT NULL), '{{}}') AS domains
FROM organisation o
LEFT JOIN (SELECT organisation, domain FROM providers.organisation_domain WHERE {COUNTS}) d
    USING (organisation)
WHERE o.end_date IS NULL AND (o.listed_as_lpa OR o.type = 'local-planning-group')
GROUP BY o.id ORDER BY 2
"""


def candidates(connection: Connection) -> tuple[Candidate, ...]:
    """A domain for each authority and planning group that has not ended, by name."""
    sites = fetch(connection, _Site, _SITES)
    owners: dict[str, list[str]] = {}
    for site in sites:
        domain = domain_of(site.website)
        if domain:
            owners.setdefault(domain, []).append(site.name)
    return tuple(_candidate(site, owners) for site in sites)


def _candidate(site: _Site, owners: dict[str, list[str]]) -> Candidate:
    domain = domain_of(site.website)
    warnings: list[str] = []
    if not domain:
        warnings.append("no website" if not site.website else "its website has no usable name")
        return Candidate(site.organisation, site.name, "", bool(site.domains), tuple(warnings))
    try:
        check_domain(domain)
    except DomainError as error:
        warnings.append(str(error))
    others = [name for name in owners[domain] if name != site.name]
    if others:
        warnings.append(f"also the website of {', '.join(others[:3])}")
    if not domain.endswith(".gov.uk"):
        warnings.append("not on gov.uk")
    return Candidate(site.organisation, site.name, domain, domain in site.domains, tuple(warnings))


def domain_of(website: str | None) -> str:
    """The name of a website's host without its www; '' where there is none."""
    text = website or ""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        return parse(f"x@{host.removeprefix('www.')}").domain
    except (AddressError, ValueError):
        return ""


def check_domain(domain: str) -> str:
    """The domain in small letters. Raises DomainError for one that cannot be one authority's."""
    try:
        name = parse(f"x@{domain}").domain
    except AddressError as error:
        # Such as gov.uk, which is a name, and com, which is none for mail.
        raise DomainError(f"{domain} is not a domain") from error
    if _suffixes().is_public(name):
        raise DomainError(f"{name} is a public suffix: anybody gets a name under it")
    if name in FREE_MAIL:
        raise DomainError(f"{name} gives addresses to anybody")
    return name


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    # Ours comes with the package: nothing is fetched. A name under none of them is no suffix.
    return PublicSuffixList()
