"""Ways for mail to leave: an SMTP server, GOV.UK Notify, or on a desk a folder."""

from __future__ import annotations

from performance_store.settings import Settings
from providers.messages.mailers.answers import Bounce, InDoubt, Mailer, Postponed, Refusal
from providers.messages.mailers.file import FileMailer
from providers.messages.mailers.smtp import SmtpMailer

__all__ = ["Bounce", "InDoubt", "Mailer", "Postponed", "Refusal", "is_on", "mailer_of"]


def is_on(settings: Settings) -> bool:
    """Whether mail can be sent: where others rely on it, only if the settings say how."""
    return settings.has_mail or not settings.production


def mailer_of(settings: Settings) -> Mailer | None:
    """The way that the settings name; None where mail is off."""
    if settings.notify_api_key:
        # Its libraries are large, and few need them.
        from providers.messages.mailers.notify import NotifyMailer

        return NotifyMailer(settings.notify_api_key, settings.notify_template_id or "")
    if settings.mail_url:
        return SmtpMailer(settings.mail_url)
    return FileMailer(settings.home / "mail") if is_on(settings) else None
