"""Mail through GOV.UK Notify, by one template whose subject is `((subject))` and whose message is
`((body))`."""

from __future__ import annotations

import re
from email.message import EmailMessage

from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from providers.messages.mailers.answers import Bounce, InDoubt, Postponed, Refusal

SECONDS = 20


class NotifyMailer:
    """Notify by an API key, and the id of the template that all mail is put into."""

    def __init__(self, key: str, template: str, *, url: str | None = None) -> None:
        more = {"base_url": url} if url else {}
        self._client = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            key, timeout=SECONDS, **more
        )
        self._template = template

    def send(self, mail: EmailMessage) -> str:
        """Notify's id of the mail. Raises Refusal, Postponed, InDoubt."""
        one_click = re.search(r"<(https?://[^>]+)>", str(mail["List-Unsubscribe"] or ""))
        try:
            answer = self._client.send_email_notification(  # type: ignore[no-untyped-call]
                email_address=str(mail["To"].addresses[0].addr_spec),
                template_id=self._template,
                personalisation={"subject": str(mail["Subject"]), "body": mail.get_content()},
                reference=str(mail["Message-ID"]),
                one_click_unsubscribe_url=one_click[1] if one_click else None,
            )
        except HTTPError as error:
            raise _reason(error) from error
        except APIError as error:
            raise InDoubt(str(error)) from error
        return str(answer["id"])

    def bounces(self) -> list[Bounce]:
        """The newest mails of the last week that nobody took. Raises Postponed."""
        try:
            answer = self._client.get_all_notifications(  # type: ignore[no-untyped-call]
                status="permanent-failure", template_type="email"
            )
        except APIError as error:
            raise Postponed(str(error)) from error
        return [
            Bounce(str(row["reference"] or ""), str(row["email_address"] or ""))
            for row in answer["notifications"]
        ]


def _reason(error: HTTPError) -> Exception:
    if error.response is None:
        # No answer at all; the client does not say whether the question left.
        return InDoubt(str(error))
    match error.status_code:
        case 400:
            return Refusal(str(error), of_address="email_address" in str(error.message))
        case 401 | 403 | 404 | 429:
            return Postponed(str(error))
        case _:
            return InDoubt(str(error))
