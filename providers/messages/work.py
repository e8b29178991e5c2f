"""What the jobs of messages do: each does its work anew from what the database says, so that one
that is done twice does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Engine, text

from performance_store.database import transaction
from performance_store.settings import Settings
from providers.accounts.keys import keys_of
from providers.messages import editions, outbox, subscriptions, webhooks
from providers.messages.links import Links
from providers.messages.mailers import is_on, mailer_of
from providers.messages.outbox import Open

DAYS_OF_MESSAGES = 90
DAYS_OF_DELIVERIES = 30


def send(engine: Engine, settings: Settings, messages: Sequence[int]) -> None:
    """Send messages by their ids."""
    mailer = mailer_of(settings)
    for number in messages:
        outbox.send(_open(engine), mailer, settings, number)


def digests(engine: Engine, settings: Settings) -> None:
    """Put the digests that are due into the outbox."""
    if is_on(settings):
        editions.digests(_open(engine), links_of(settings))


def alerts(engine: Engine, settings: Settings) -> None:
    """Put this morning's alerts into the outbox, and tell webhooks."""
    if is_on(settings):
        editions.alerts(_open(engine), links_of(settings))
    webhooks.announce(_open(engine), site=settings.own_site)


def deliver(engine: Engine, delivery: int) -> None:
    """Deliver an event to a webhook."""
    webhooks.deliver(_open(engine), delivery)


def wake(engine: Engine, settings: Settings) -> None:
    """See to what waits longer than it should, and to what came back."""
    with transaction(engine) as connection:
        outbox.wake(connection)
        webhooks.wake(connection)
    if settings.notify_api_key:
        from providers.messages.mailers.notify import NotifyMailer

        mailer = NotifyMailer(settings.notify_api_key, settings.notify_template_id or "")
        bounces = mailer.bounces()
        with transaction(engine) as connection:
            outbox.note_bounces(connection, bounces)


def purge(engine: Engine) -> None:
    """Forget addresses whose day has come, and what was sent long ago."""
    with transaction(engine) as connection:
        subscriptions.purge(connection)
        for statement in _PURGE:
            connection.execute(
                text(statement), {"messages": DAYS_OF_MESSAGES, "deliveries": DAYS_OF_DELIVERIES}
            )


def links_of(settings: Settings) -> Links:
    """What makes the links in mails."""
    return Links(settings.own_site, keys_of(settings.secret_keys, settings.home))


_PURGE = (
    "UPDATE providers.message SET network_hash = NULL "
    "WHERE network_hash IS NOT NULL AND created_at < now() - interval '2 days'",
    "DELETE FROM providers.message WHERE ended_at < now() - make_interval(days => :messages)",
    "DELETE FROM providers.webhook_delivery "
    "WHERE ended_at < now() - make_interval(days => :deliveries)",
    "DELETE FROM providers.suppression WHERE until < current_date "
    "OR reason IS NULL AND at < now() - make_interval(days => :deliveries)",
)


def _open(engine: Engine) -> Open:
    return partial(transaction, engine)
