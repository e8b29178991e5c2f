"""Command line for whoever looks after people: ``python -m providers COMMAND``.

Whose addresses may act for which organisation, who was invited, who has a role, and what was done.
Exit code 0, or one line on standard error and 1.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from performance_store.database import (
    DatabaseUnavailable,
    make_engine,
    migrate,
    transaction,
    unavailable,
)
from performance_store.local.binaries import EmbeddedError
from performance_store.local.embedded import open_store
from performance_store.settings import SettingsError, load_settings
from providers import audit
from providers.accounts import domains, people, sessions
from providers.accounts.addresses import AddressError, parse
from providers.accounts.candidates import candidates, check_domain
from providers.accounts.session_cache import SessionCache
from providers.messages import suppression
from providers.tickets import condition, outbox

ROLES = ("programme",)
# People whose sessions have to be read anew once the change is there.
Affects = Iterable[int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        with open_store(settings) as url:
            engine = make_engine(url, application_name="providers", pool=None)
            migrate(engine)
            with transaction(engine) as connection:
                affected = tuple(options.command(connection, options))
                id_hashes = sessions.of_people(connection, person_ids=affected)
            SessionCache(settings.redis_url).forget(id_hashes)
    except (SettingsError, EmbeddedError, DatabaseUnavailable, AddressError, ValueError) as error:
        return _fail(str(error))
    except (OSError, TimeoutError) as error:
        return _fail(str(error))
    except SQLAlchemyError as error:
        outage = unavailable(error)
        return _fail(outage.reason if outage else str(error).splitlines()[0])
    return 0


def _fail(message: str) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return 1


# Commands. Each says what it did and gives the people that it affects.


def _candidates(connection: Connection, options: argparse.Namespace) -> Affects:
    for row in candidates(connection):
        if row.approved and not options.all:
            continue
        mark = "approved" if row.approved else "; ".join(row.warnings) or "-"
        print(f"{row.organisation}\t{row.domain or '-'}\t{mark}\t{row.name}")
    return ()


def _domains(connection: Connection, _options: argparse.Namespace) -> Affects:
    rows = connection.execute(
        text(
            "SELECT organisation, domain, match, source, approved_by, approved_at::date, "
            f"coalesce(ends::text, '-') FROM providers.organisation_domain WHERE {domains.COUNTS} "
            "ORDER BY organisation, domain"
        )
    )
    for row in rows:
        print("\t".join(map(str, row)))
    return ()


def _approve(connection: Connection, options: argparse.Namespace) -> Affects:
    _check_organisation(connection, options.organisation)
    domain = check_domain(options.domain)
    domains.approve(
        connection,
        organisation=options.organisation,
        domain=domain,
        by=getpass.getuser(),
        subdomains=options.subdomains,
        ends=options.ends,
    )
    print(f"Approved: {domain} for {options.organisation}")
    return ()


def _invite(connection: Connection, options: argparse.Namespace) -> Affects:
    _check_organisation(connection, options.organisation)
    address = parse(options.address)
    ends = options.ends or date.today() + timedelta(days=365)
    people.invite(
        connection,
        address=address,
        organisation=options.organisation,
        by=getpass.getuser(),
        ends=ends,
    )
    print(f"Invited until {ends}: {address.text} for {options.organisation}")
    return (people.person_at(connection, address=address),)


def _end(connection: Connection, options: argparse.Namespace) -> Affects:
    organisation, what = options.organisation, options.what
    if "@" in what:
        person_id = people.end_invitation(
            connection, address=parse(what), organisation=organisation
        )
        affected: tuple[int, ...] | None = None if person_id is None else (person_id,)
    else:
        affected = domains.end(connection, organisation=organisation, domain=what.lower())
    if affected is None:
        raise ValueError(f"{what} may not act for {organisation}: there is nothing to end")
    print(f"Ended: {what} for {organisation}")
    return affected


def _grant(connection: Connection, options: argparse.Namespace) -> Affects:
    address = parse(options.address)
    fresh = people.grant(connection, address=address, role=options.role, by=getpass.getuser())
    print(f"{'Granted' if fresh else 'Granted before'}: {options.role} to {address.text}")
    return (people.person_at(connection, address=address),)


def _revoke(connection: Connection, options: argparse.Namespace) -> Affects:
    person_id = people.revoke(connection, address=parse(options.address), role=options.role)
    if person_id is None:
        raise ValueError(f"{options.address} does not have the role {options.role}")
    print(f"Revoked: {options.role} from {options.address}")
    return (person_id,)


def _suppressions(connection: Connection, _options: argparse.Namespace) -> Affects:
    table = "providers.suppression"
    if connection.execute(text("SELECT to_regclass(:table)"), {"table": table}).scalar():
        for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():
            print("\t".join(f"{name}={value}" for name, value in row.items()))
    return ()


def _suppress(connection: Connection, options: argparse.Namespace) -> Affects:
    suppression.complain(connection, address=parse(options.address).text)
    print(f"Nothing more is told to {options.address}")
    return ()


def _audit(connection: Connection, options: argparse.Namespace) -> Affects:
    rows = connection.execute(
        text(
            "SELECT at, action, person_id, organisation, subject, details, request_id "
            "FROM providers.audit WHERE at > now() - make_interval(days => :days) "
            "AND (CAST(:organisation AS text) IS NULL OR organisation = :organisation) ORDER BY id"
        ),
        {"days": options.days, "organisation": options.organisation},
    )
    for row in rows:
        print("\t".join("-" if value in (None, "", {}) else str(value) for value in row))
    return ()


def _tickets(connection: Connection, options: argparse.Namespace) -> Affects:
    if options.what == "resume":
        desks = condition.resume(connection)
        count = outbox.retry(connection) + outbox.bring_forward(connection)
        audit.record(connection, action="tickets-resumed", details={"by": getpass.getuser()})
        print(f"Desks that were paused: {desks}. Sent again: {count}")
        return ()
    for desk in condition.conditions(connection):
        state = "paused" if desk.paused_at else desk.trouble or "ok"
        print(f"{desk.adapter}\t{state}\tanswered {desk.answered_at or 'never'}")
    for step in condition.open_steps(connection):
        state = "refused" if step.is_refused else "waits"
        words = (step.reference, step.kind, state, f"since {step.since}", f"{step.attempts} tries")
        print("\t".join((*words, step.answer or "-")))
    return ()


def _check_organisation(connection: Connection, organisation: str) -> None:
    there = connection.execute(
        text("SELECT EXISTS (SELECT FROM organisation WHERE organisation = :organisation)"),
        {"organisation": organisation},
    )
    if not there.scalar():
        raise ValueError(f"the store holds no organisation {organisation}")


def _date(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is not a date such as 2027-05-21") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m providers", description=__doc__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[..., Affects], words: str, *positional: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.set_defaults(command=command)
        for argument in positional:
            sub.add_argument(argument, metavar=argument.upper())
        return sub

    listing = add("candidates", _candidates, "domains that may be authorities’, with warnings")
    listing.add_argument("--all", action="store_true", help="those that are approved too")
    add("domains", _domains, "the domains that are approved")
    words = "let addresses of a domain act for an organisation"
    approve = add("approve", _approve, words, "organisation", "domain")
    approve.add_argument("--subdomains", action="store_true", help="names under it too")
    approve.add_argument("--ends", type=_date, help="its last day")
    words = "let one person act for an organisation whose domain they are not of"
    invite = add("invite", _invite, words, "organisation", "address")
    invite.add_argument("--ends", type=_date, help="the last day; default: in a year")
    add("end", _end, "end a domain or an invitation", "organisation", "what")
    for name, role, words in (
        ("grant", _grant, "give a person a role"),
        ("revoke", _revoke, "take a role away"),
    ):
        add(name, role, words, "address").add_argument("role", choices=ROLES)
    add("suppressions", _suppressions, "addresses that get no mail, and why")
    add(
        "suppress",
        _suppress,
        "tell an address nothing ever again: its reader complained",
        "address",
    )
    words = "what waits for the ticket system, and why; resume: send it all again"
    tickets = add("tickets", _tickets, words)
    tickets.add_argument("what", choices=("status", "resume"), nargs="?", default="status")
    trail = add("audit", _audit, "what was done, oldest first")
    trail.add_argument("--days", type=int, default=30)
    trail.add_argument("--organisation")
    return parser


if __name__ == "__main__":
    sys.exit(main())
