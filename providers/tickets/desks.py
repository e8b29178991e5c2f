"""The desk that the settings name."""

from __future__ import annotations

from performance_store.settings import Settings
from providers.tickets.port import Desk


def desk_of(settings: Settings) -> Desk | None:
    """The desk that submissions go to; None: the data team reads them here."""
    # What talks to desks is loaded by workers alone.
    if settings.tickets == "jira":
        from providers.tickets.adapters.jira import JiraDesk

        return JiraDesk(settings)
    if settings.tickets == "github":
        from providers.tickets.adapters.github import GithubDesk

        return GithubDesk(settings)
    if settings.tickets == "email":
        from providers.tickets.adapters.email import EmailDesk

        return EmailDesk(settings)
    return None
