"""What the forms of following do, and the button that mail programs show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.components.words.formatting import read_day
from dashboard.data.door import Connection
from dashboard.data.errors import NotFound
from dashboard.pages.account.routes import TOO_OFTEN
from dashboard.pages.follow import confirm, follow, links, preferences, unsubscribe, webhooks
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.document import plain_page
from dashboard.web.problems import not_found, unavailable
from performance_store.database import DatabaseUnavailable
from providers.accounts.addresses import AddressError, parse
from providers.messages import subscriptions
from providers.messages import webhooks as hooks
from providers.messages.links import PREFERENCES
from providers.messages.subscriptions import Wish
from serving.limits import client_of

ASKING = "following"
# How often one network may ask for mails in a minute.
PER_MINUTE = 20
asking = Blueprint(ASKING, __name__)
answering = Blueprint("following-links", __name__)
BLUEPRINTS = (asking, answering)

WRONG_ADDRESS = "Enter an e-mail address in the correct format, such as name@example.gov.uk"
WRONG_DAY = "Enter a day after today, such as 27 3 2027, or leave it blank to be told from now on"
NO_KIND = "Select what you want to be told"


def _silent(_error: DatabaseUnavailable) -> Response:
    return plain_page(unavailable.layout(), 503)


def _unknown(error: NotFound) -> Response:
    return plain_page(not_found.layout(error.sentence), 404)


def _offered() -> None:
    cookies.keep_private()
    if not cookies.is_on():
        raise identity.Refused(404, "Nothing is told by mail here", links.OFF)


for _blueprint in BLUEPRINTS:
    _blueprint.register_error_handler(DatabaseUnavailable, _silent)
    _blueprint.register_error_handler(NotFound, _unknown)
    _blueprint.before_request(_offered)


@answering.after_app_request
def untold(response: Response) -> Response:
    """Pages of mailed links tell nobody their address."""
    if request.path in addresses.MAILED:
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@asking.post(addresses.FOLLOW)
def ask(organisation: str) -> AnyResponse:
    """Mail whoever reads at an address to confirm that they want to follow."""
    identity.check_form()
    subject = follow.subject_of(organisation)
    typed = request.form.get("address", "")[:300]
    kinds = tuple(kind for kind, _ in follow.KINDS if kind in request.form.getlist("kinds"))
    view = follow.view(subject, address=typed, kinds=kinds, dataset=request.form.get("dataset", ""))
    mistakes = {} if kinds else {"kinds": NO_KIND}
    try:
        address = parse(typed)
    except AddressError:
        mistakes = {"address": WRONG_ADDRESS, **mistakes}
    if mistakes:
        return _again(view, mistakes)
    who = identity.current()
    is_theirs = who is not None and who.address.lower() == address.key
    with identity.change() as connection:
        if is_theirs:
            identity.required(connection)
        refusal = subscriptions.ask(
            connection,
            address=address,
            wish=Wish(
                organisation=organisation,
                dataset=view.dataset if view.dataset in dict(view.datasets) else "",
                digest=follow.DIGEST in kinds,
                alerts=follow.ALERTS in kinds,
            ),
            name=subject.name,
            links=links.links(),
            network=client_of(request.remote_addr),
            is_theirs=is_theirs,
        )
    if refusal:
        return _again(view, {"address": TOO_OFTEN[refusal]}, 429)
    state = follow.THEIRS if is_theirs else follow.MAIL
    return redirect(f"{addresses.follow(organisation)}?state={state}", 303)


def _again(view: follow.View, mistakes: dict[str, str], status: int = 400) -> Response:
    return plain_page(follow.render(replace(view, mistakes=mistakes)), status)


@asking.post(addresses.WEBHOOKS)
def set_webhook(organisation: str) -> AnyResponse:
    """Add a webhook of the organisation that somebody acts for, or end one."""
    subject = follow.subject_of(organisation)
    number = request.form.get("end", "")
    url = request.form.get("url", "")
    try:
        with identity.change() as connection:
            who = identity.required(connection, organisation=organisation)
            if number:
                _end(connection, who.person_id, organisation, number)
                return redirect(f"{addresses.follow(organisation)}#webhooks", 303)
            secret = hooks.add(
                connection,
                person_id=who.person_id,
                organisation=organisation,
                url=url,
            )
    except hooks.WebhookError as error:
        view = follow.view(subject, address=who.address, url=url[: webhooks.MOST_LETTERS])
        return _again(view, {"url": str(error)})
    return plain_page(webhooks.secret_page(organisation, secret))


def _end(connection: Connection, person: int, organisation: str, number: str) -> None:
    is_number = number.isascii() and number.isdecimal() and len(number) <= 9
    if not is_number or not hooks.end(
        connection, person_id=person, organisation=organisation, number=int(number)
    ):
        raise NotFound("This organisation has no such webhook.")


@answering.post(addresses.CONFIRM)
def say_yes() -> AnyResponse:
    """Follow from now on."""
    with identity.change() as connection:
        subscriber = subscriptions.confirm(connection, links=links.links(), token=_token())
    if subscriber is None:
        return plain_page(links.useless(confirm.TITLE), 400)
    token = links.links().token(PREFERENCES, subscriber.id, subscriber.salt)
    return redirect(f"{addresses.PREFERENCES}?token={token}&done=yes", 303)


@answering.post(addresses.PREFERENCES)
def choose() -> AnyResponse:
    """Store what somebody wants to be told."""
    token = _token()
    with identity.change() as connection:
        subscriber = subscriptions.of_token(connection, links=links.links(), token=token)
        if subscriber is None:
            return plain_page(links.useless(preferences.TITLE), 400)
        mine = subscriptions.topics(connection, subscription_id=subscriber.id)
        pause = request.form.get("pause", "").strip()[:100]
        day = read_day(pause)
        wishes = {topic.id: request.form.getlist(f"topic-{topic.id}") for topic in mine}
        if pause and (day is None or day <= date.today()):
            view = preferences.view(
                token,
                subscriber,
                [
                    replace(
                        topic,
                        digest=follow.DIGEST in wishes[topic.id],
                        alerts=follow.ALERTS in wishes[topic.id],
                    )
                    for topic in mine
                ],
            )
            sent = replace(view, pause=pause, mistakes={"pause": WRONG_DAY})
            return plain_page(preferences.render(sent), 400)
        subscriptions.choose(
            connection,
            subscription_id=subscriber.id,
            digests=[number for number, kinds in wishes.items() if follow.DIGEST in kinds],
            alerts=[number for number, kinds in wishes.items() if follow.ALERTS in kinds],
            pause_until=day,
        )
    return redirect(f"{addresses.PREFERENCES}?token={token}&done=yes", 303)


@answering.post(addresses.UNSUBSCRIBE)
def stop() -> AnyResponse:
    """End all mail to somebody, by the token alone: no cookie, no page before it (RFC 8058)."""
    with identity.change() as connection:
        done = subscriptions.unsubscribe(connection, links=links.links(), token=_token())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response("", 200 if done else 400, mimetype="text/plain")
    if not done:
        return plain_page(links.useless(unsubscribe.TITLE), 400)
    return plain_page(unsubscribe.done())


def _token() -> str:
    """The token that a form sent, or that is in the address that a mail program posts to."""
    return request.form.get("token") or request.args.get("token", "")
