"""The sample names nobody real."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from performance_store.sample.names import AWKWARD_NAMES, Places
from tests.support.sample import Facts

REAL_NAMES = """
Adur, Allerdale, Amber Valley, Arun, Ashfield, Ashford, Aylesbury, Babergh, Barking, Barnet,
Barnsley, Barrow-in-Furness, Basildon, Basingstoke, Bassetlaw, Bath, Bedford, Berkshire, Bexley,
Birmingham, Blaby, Blackburn, Blackpool, Bolsover, Bolton, Boston, Bournemouth, Bracknell, Bradford,
Braintree, Breckland, Brent, Brentwood, Brighton, Bristol, Broadland, Bromley, Bromsgrove,
Broxbourne, Broxtowe, Buckingham, Burnley, Bury, Calderdale, Cambridge, Camden, Cannock, Canterbury,
Carlisle, Castle Point, Charnwood, Chelmsford, Chelsea, Cheltenham, Cherwell, Cheshire, Chester,
Chesterfield,
Chichester, Chiltern, Chorley, Christchurch, Colchester, Copeland, Corby, Cornwall, Cotswold,
Coventry, Craven, Crawley, Croydon, Cumberland, Cumbria, Dacorum, Dagenham, Darlington, Dartford,
Dartmoor, Daventry, Derby, Devon, Doncaster, Dorset, Dover, Dudley, Durham, Ealing, Eastbourne,
Eastleigh, Ebbsfleet, Eden, Elmbridge, Enfield, Epping, Epsom, Erewash, Essex, Exeter, Exmoor,
Fareham, Fenland, Folkestone, Forest of Dean, Fylde, Gateshead, Gedling, Gloucester, Gosport,
Gravesham, Great Yarmouth, Greenwich, Guildford, Hackney, Halton, Hambleton, Hammersmith, Hampshire,
Harborough, Haringey, Harlow, Harrogate, Harrow, Hart, Hartlepool, Hastings, Havant, Havering,
Hereford, Hertford, Hertsmere, High Peak, Hillingdon, Hinckley, Horsham, Hounslow, Hull, Huntingdon,
Hyndburn, Ipswich, Isle of Wight, Islington, Kensington, Kent, Kesteven, Kettering, King's Lynn,
Kingston, Kirklees, Knowsley, Lakeland, Lambeth, Lancashire, Lancaster, Leeds, Leicester, Lewes,
Lewisham, Lichfield, Lincoln, Lindsey, Liverpool, London, Luton, Maidstone, Maldon, Malvern,
Manchester, Mansfield, Medway, Melton, Mendip, Merton, Middlesbrough, Milton Keynes, Mole Valley,
New Forest, Newark, Newcastle, Newham, Norfolk, Northampton, Northumberland, Norwich, Nottingham,
Nuneaton, Oadby, Oldham, Oxford, Peak District, Pendle, Peterborough, Plymouth, Poole, Portsmouth,
Preston, Purbeck, Reading, Redbridge, Redcar, Redditch, Reigate, Ribble, Richmond, Rochdale,
Rochford, Rossendale, Rother, Rugby, Runnymede, Rushcliffe, Rushmoor, Rutland, Ryedale, Salford,
Sandwell, Scarborough, Scilly, Sedgemoor, Sefton, Selby, Sevenoaks, Sheffield, Shepway, Shropshire,
Slough, Solihull, Somerset, South Downs, South Hams, South Holland, South Tees, Southampton,
Southend, Southwark, Spelthorne, St Albans, St Edmundsbury, St Helens, Stafford, Stevenage,
Stockport, Stockton, Stoke-on-Trent, Stratford, Stroud, Suffolk, Sunderland, Surrey, Sussex, Sutton,
Swale, Swindon, Tameside, Tamworth, Tandridge, Taunton, Teignbridge, Telford, Tendring, Test Valley,
Tewkesbury, Thanet, Three Rivers, Thurrock, Tonbridge, Torbay, Torridge, Tower Hamlets, Trafford,
Tunbridge, Tyneside, Uttlesford, Wakefield, Walsall, Waltham, Wandsworth, Warrington, Warwick,
Watford, Waveney, Waverley, Wealden, Wellingborough, Welwyn, Westminster, Westmorland, Weymouth,
White Horse, Wigan, Wiltshire, Winchester, Windsor, Wirral, Woking, Wokingham, Wolverhampton,
Worcester, Worthing, Wychavon, Wycombe, Wyre, York
"""


def real_names() -> list[str]:
    return [name.strip().lower() for name in REAL_NAMES.replace("\n", " ").split(",")]


def towns() -> Iterable[str]:
    """Every place that any seed can bring forth."""
    places = Places(Random("every"))
    yield from (place for _, place in AWKWARD_NAMES)
    for form in ("CC", "NMD"):
        for _ in range(50 if form == "CC" else 1000):
            yield places.take(form)


def test_no_place_has_the_name_of_a_real_authority() -> None:
    names = real_names()
    assert len(names) > 300
    clashes = [(place, real) for place in towns() for real in names if real in place.lower()]
    assert clashes == []


def test_no_body_has_the_name_of_a_real_authority(facts: Facts) -> None:
    names = [name for name in real_names() if name != "london"]
    for body in facts.organisations.values():
        texts = [body.name or "", *(body.former_names or "").split(";")]
        for text in texts:
            assert not [name for name in names if name in text.lower()]


@pytest.mark.data
def test_no_body_has_the_name_or_code_of_a_listed_authority(
    facts: Facts, shared_data: Path
) -> None:
    with (shared_data / "lpa" / "local-planning-authority.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for body in facts.organisations.values():
        for row in rows:
            assert body.organisation != row["organisation"]
            assert (body.name or "").lower() != row["name"].lower()
            assert (
                body.statistical_geography is None
                or body.statistical_geography != row["statistical_geography"]
            )


def test_references_cannot_be_taken_for_real_ones(facts: Facts) -> None:
    for body in facts.organisations.values():
        assert body.organisation.partition(":")[2].startswith("X")
        assert body.statistical_geography is None or re.fullmatch(
            r"E\d\d99\d{4}", body.statistical_geography
        )


def test_addresses_are_on_reserved_hosts(facts: Facts) -> None:
    urls = [endpoint.endpoint_url or "" for endpoint in facts.endpoints.values()]
    urls += [source.documentation_url or "" for source in facts.sources.values()]
    for url in filter(None, urls):
        assert (urlsplit(url).hostname or "").endswith(".example")
    for endpoint in facts.endpoints.values():
        assert endpoint.endpoint == sha256((endpoint.endpoint_url or "").encode()).hexdigest()
