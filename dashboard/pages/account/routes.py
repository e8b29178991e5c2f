"""What the forms of signing in do. Each answers with a page, or sends the browser on to one."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.data.door import Connection
from dashboard.pages.account import account, code, link, sign_in
from dashboard.pages.account.return_path import return_path
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.document import plain_page
from providers import audit
from providers.accounts import sessions
from providers.accounts import sign_in as tokens
from providers.accounts.addresses import AddressError, parse
from providers.accounts.keys import fingerprint
from serving.limits import client_of

blueprint = Blueprint("account", __name__)

WRONG_ADDRESS = "Enter an e-mail address in the correct format, such as name@example.gov.uk"
TOO_OFTEN = {
    "address-hour": "We have sent 3 mails to this address within an hour. Use the newest of them, "
    "or try again in an hour.",
    "address-day": "We have sent 10 mails to this address within a day. Try again tomorrow.",
    "network-hour": "Too many mails were asked for from your network. Try again in an hour.",
    "everybody-hour": "Too many people are asking for mails. Try again in an hour.",
}


@blueprint.before_request
def offered() -> None:
    """Refuse where nobody can sign in."""
    cookies.keep_private()
    if not cookies.is_on():
        raise identity.Refused(404, "You cannot sign in here", sign_in.OFF)


@blueprint.after_app_request
def headers(response: Response) -> Response:
    """What only pages of signing in say."""
    if request.path == addresses.SIGN_IN_LINK:
        response.headers["Referrer-Policy"] = "no-referrer"
    cookies.set_browser(response)
    return response


@blueprint.post(addresses.SIGN_IN)
def ask() -> AnyResponse:
    """Mail a link and a code."""
    identity.check_form()
    back = return_path(request.form.get("next", ""))
    organisation = request.form.get("organisation", "")[:100]
    typed = request.form.get("address", "")[:300]
    try:
        address = parse(typed)
    except AddressError:
        return _again(typed, WRONG_ADDRESS, back, organisation, 400)
    about = cookies.accounts()
    names = account.names((organisation,)) if organisation else ()
    match = next((row for row in names if row.name != row.organisation), None)
    asking = tokens.Asking(
        address=address,
        browser=cookies.browser(),
        network=client_of(request.remote_addr),
        organisation=match.organisation if match else None,
        organisation_name=match.name if match else None,
        return_path=back,
    )
    with identity.change() as connection:
        refusal = tokens.ask(
            connection,
            asking=asking,
            keys=about.keys,
            site=about.site,
            request_id=identity.request_id(),
        )
    if refusal:
        return _again(address.text, TOO_OFTEN[refusal], back, organisation, 429)
    return redirect(addresses.SIGN_IN_CODE, 303)


def _again(typed: str, mistake: str, back: str, organisation: str, status: int) -> Response:
    view = sign_in.View(typed, mistake, back, organisation, sign_in.example())
    return plain_page(sign_in.render(view), status)


@blueprint.post(addresses.SIGN_IN_CODE)
def enter_code() -> AnyResponse:
    """Sign in by a code."""
    identity.check_form()
    about = cookies.accounts()
    with identity.change() as connection:
        outcome = tokens.use_code(
            connection,
            browser=cookies.browser(),
            code=request.form.get("code", "")[:40],
            keys=about.keys,
            request_id=identity.request_id(),
        )
    if outcome.session_id is not None:
        return _welcome(outcome.session_id, outcome.return_path)
    if outcome.state == "unknown":
        return redirect(addresses.SIGN_IN_CODE, 303)
    mistake = code.wrong(outcome.tries_left) if outcome.state == "wrong" else None
    view = code.view(mistake)
    return plain_page(code.render(view), 400) if view else redirect(addresses.SIGN_IN_CODE, 303)


@blueprint.post(addresses.SIGN_IN_LINK)
def follow_link() -> AnyResponse:
    """Sign in by a link."""
    identity.check_form()
    token = link.token_of_form()
    with identity.change() as connection:
        outcome = tokens.use_link(connection, token=token, request_id=identity.request_id())
    if outcome.session_id is not None:
        return _welcome(outcome.session_id, outcome.return_path)
    view = link.View(token, outcome.address, outcome.state, return_path=outcome.return_path)
    return plain_page(link.render(view), 400)


def _welcome(session_id: str, back: str) -> AnyResponse:
    """Let the browser hold a new session in place of any before it."""
    before = cookies.session_of_request()
    with identity.change() as connection:
        if before:
            sessions.end(connection, session_id=before)
        session = sessions.read(connection, session_id=session_id)
    if before:
        cookies.accounts().cache.forget([fingerprint(before)])
    choose = session is not None and session.acting_for is None and session.organisations
    answer = redirect(_choosing(back) if choose else back, 303)
    cookies.begin(answer, session_id)
    return answer


def _choosing(back: str) -> str:
    return f"{addresses.ACCOUNT}?{urlencode({'next': back})}#organisation"


@blueprint.post(addresses.ACTING_FOR)
def act_for() -> AnyResponse:
    """Act for another organisation, by a new session id."""
    organisation = request.form.get("organisation", "")
    session_id = cookies.session_of_request() or ""
    with identity.change() as connection:
        who = identity.required(connection)
        if organisation not in who.organisations:
            raise identity.Refused(
                403, "You cannot do this", "You may not act for this organisation."
            )
        new = sessions.act_for(connection, session_id=session_id, organisation=organisation)
        audit.record(
            connection,
            action="act-for",
            person_id=who.person_id,
            organisation=organisation,
            request_id=identity.request_id(),
        )
    cookies.accounts().cache.forget([fingerprint(session_id)])
    back = request.form.get("next", "")
    answer = redirect(return_path(back) if back != addresses.ACCOUNT else back, 303)
    cookies.begin(answer, new or "")
    return answer


@blueprint.post(addresses.SIGN_OUT)
def sign_out() -> AnyResponse:
    """Sign out in this browser."""
    session_id = cookies.session_of_request()
    if session_id:
        with identity.change() as connection:
            session = sessions.read(connection, session_id=session_id)
            sessions.end(connection, session_id=session_id)
            if session is not None:
                _note(connection, session.person_id, "sign-out")
        cookies.accounts().cache.forget([fingerprint(session_id)])
    return _farewell()


@blueprint.post(addresses.SIGN_OUT_EVERYWHERE)
def sign_out_everywhere() -> AnyResponse:
    """Sign out in every browser."""
    with identity.change() as connection:
        who = identity.required(connection)
        id_hashes = sessions.end_all(connection, person_id=who.person_id)
        _note(connection, who.person_id, "sign-out-everywhere")
    cookies.accounts().cache.forget(id_hashes)
    return _farewell()


def _note(connection: Connection, person_id: int, action: str) -> None:
    request_id = identity.request_id()
    audit.record(connection, action=action, person_id=person_id, request_id=request_id)


def _farewell() -> AnyResponse:
    answer = redirect("/", 303)
    cookies.finish(answer)
    return answer
