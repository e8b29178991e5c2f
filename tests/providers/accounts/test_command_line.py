"""Domains, invitations and roles from the command line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from providers.__main__ import main
from providers.accounts import people
from providers.accounts.addresses import parse
from tests.support.build import Store

BOROUGH, PARK, OTHER_PARK = "local-authority:XBOR", "national-park-authority:XP1", "development:XP2"


@pytest.fixture(autouse=True)
def organisations(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with engine.begin() as connection:
        for code, name, website in (
            (BOROUGH, "Northmere", "https://www.northmere.gov.uk/"),
            (PARK, "Alver Hills", "https://www.gov.uk/alver"),
            (OTHER_PARK, "Birch Moors", "https://www.gov.uk"),
            ("local-authority:XNON", "Without", None),
        ):
            connection.execute(
                text(
                    "INSERT INTO organisation (organisation, name, type, website, listed_as_lpa) "
                    "VALUES (:code, :name, 'x', :website, true)"
                ),
                {"code": code, "name": name, "website": website},
            )


def acts_for(engine: Engine, address: str) -> tuple[str, ...]:
    with engine.connect() as connection:
        return people.organisations_of(connection, address=parse(address))


def test_candidates_come_with_what_a_person_should_look_at(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["candidates"]) == 0
    lines = dict(line.split("\t", 1) for line in capsys.readouterr().out.splitlines())
    assert lines[BOROUGH] == "northmere.gov.uk\t-\tNorthmere"
    assert "public suffix" in lines[PARK]
    assert "also the website of Birch Moors" in lines[PARK]
    assert lines["local-authority:XNON"].startswith("-\tno website")


@pytest.mark.parametrize(
    "domain", ["gov.uk", "gmail.com", "co.uk", "uk", "x y", "@northmere.example"]
)
def test_a_domain_of_everybody_is_approved_for_nobody(
    engine: Engine, capsys: pytest.CaptureFixture[str], domain: str
) -> None:
    assert main(["approve", BOROUGH, domain]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert Store(engine).sql("SELECT * FROM providers.organisation_domain") == []


def test_a_domain_is_approved_and_ended(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["approve", BOROUGH, "Northmere.gov.uk"]) == 0
    assert acts_for(engine, "A@northmere.gov.uk") == (BOROUGH,)
    assert acts_for(engine, "a@mail.northmere.gov.uk") == ()
    assert main(["approve", BOROUGH, "northmere.gov.uk", "--subdomains"]) == 0
    assert acts_for(engine, "a@mail.northmere.gov.uk") == (BOROUGH,)
    for other in ("a@evilnorthmere.gov.uk", "a@northmere.gov.uk.evil.example", "a@gov.uk"):
        assert acts_for(engine, other) == ()
    assert main(["end", BOROUGH, "northmere.gov.uk"]) == 0
    assert acts_for(engine, "a@northmere.gov.uk") == ()
    assert main(["end", BOROUGH, "northmere.gov.uk"]) == 1
    assert main(["approve", "local-authority:NONE", "northmere.gov.uk"]) == 1
    capsys.readouterr()
    assert main(["audit"]) == 0
    trail = [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()]
    assert trail == ["domain-approved", "domain-approved", "domain-ended"]


def test_a_person_is_invited_for_a_year_at_most(engine: Engine) -> None:
    assert main(["invite", BOROUGH, "jo@consultants.example"]) == 0
    assert acts_for(engine, "Jo@consultants.example") == (BOROUGH,)
    assert acts_for(engine, "al@consultants.example") == ()
    late = (date.today() + timedelta(days=400)).isoformat()
    assert main(["invite", BOROUGH, "al@consultants.example", "--ends", late]) == 1
    assert acts_for(engine, "al@consultants.example") == ()
    assert main(["end", BOROUGH, "jo@consultants.example"]) == 0
    assert acts_for(engine, "jo@consultants.example") == ()


def test_a_role_is_granted_and_revoked(engine: Engine) -> None:
    assert main(["grant", "pat@programme.example", "programme"]) == 0
    with engine.connect() as connection:
        assert people.may_sign_in(connection, address=parse("pat@programme.example"))
    assert main(["revoke", "pat@programme.example", "programme"]) == 0
    assert main(["revoke", "pat@programme.example", "programme"]) == 1
    with engine.connect() as connection:
        assert not people.may_sign_in(connection, address=parse("pat@programme.example"))
    assert main(["suppress", "pat@programme.example"]) == 0
    assert main(["suppressions"]) == 0
