"""The rules of obligation: who owes what on a date, and what is counted of it."""

from __future__ import annotations

from tests.support.build import BBB, PlatformFile, Store, days_ago


def test_what_is_valid_on_the_date_counts(store: Store, file: PlatformFile) -> None:
    """From its start, or else its entry, until before its end."""
    valid = {
        "always": {},
        "from-today": {"start_date": days_ago(0)},
        "until-tomorrow": {"end_date": days_ago(-1)},
        "entered-today": {"entry_date": days_ago(0)},
        "started-before-it-was-entered": {"start_date": "2020-01-01", "entry_date": "2030-01-01"},
    }
    not_valid = {
        "from-tomorrow": {"start_date": days_ago(-1)},
        "until-today": {"end_date": days_ago(0)},
        "until-yesterday": {"end_date": days_ago(1)},
        "entered-tomorrow": {"entry_date": days_ago(-1)},
    }
    for dataset, dates in (valid | not_valid).items():
        file.provision(dataset, **dates)
    store.load(file)
    assert store.datasets() == set(valid)
    assert store.counts().expected == len(valid)
    # The platform's table keeps every provision, with its end.
    assert {row["dataset"] for row in store.table("provision-summary")} == set(valid | not_valid)


def test_endpoints_are_active_from_their_entry_until_before_their_end(
    store: Store, file: PlatformFile
) -> None:
    active = {
        "always": {"entry_date": "", "end_date": ""},
        "entered-today": {"entry_date": days_ago(0)},
        "ends-tomorrow": {"end_date": days_ago(-1)},
    }
    inactive = {
        "entered-tomorrow": {"entry_date": days_ago(-1)},
        "ends-today": {"end_date": days_ago(0)},
        "ended-yesterday": {"end_date": days_ago(1)},
    }
    for name, dates in (active | inactive).items():
        file.provision(name).endpoint(name, name, **dates)
    store.load(file)
    rows = store.table("organisation-dataset-summary")
    assert {row["dataset_name"] for row in rows if row["endpoint_count"]} == set(active)


def test_a_provision_that_ended_leaves_the_denominator_and_its_data_stays(
    store: Store, file: PlatformFile
) -> None:
    file.provision(end_date=days_ago(1)).endpoint().answer()
    file.provision("zone", end_date=days_ago(1))
    store.load(file)
    assert store.datasets() == {"tree"}
    assert not store.cell().in_denominator
    counts = store.counts()
    assert (counts.expected, counts.provided, counts.also_supplied) == (0, 0, 1)
    assert store.coverage("statutory") is None


def test_companies_and_groups_are_found_and_in_no_denominator_of_authorities(
    store: Store, file: PlatformFile
) -> None:
    others = ("company:1", "local-planning-group:PG", "combined-authority:CA")
    for organisation in others:
        file.organisation(organisation, lpa=False)
        file.provision(organisation=organisation).endpoint(
            f"of-{organisation}", "tree", organisation
        )
        file.answer(f"of-{organisation}", resource=organisation)
    file.provision()
    store.load(file)
    for organisation in others:
        assert not store.counts(organisation).is_lpa
        assert store.counts(organisation).provided == 1
    for denominator in ("statutory", "any"):
        assert store.coverage(denominator) == (1, 0)
    assert store.value("SELECT lpa_count FROM snapshot") == 1
    assert store.sql(
        "SELECT expected, endpoint FROM coverage "
        "WHERE denominator = 'all-lpas' AND dimension = 'dataset' AND dataset = 'tree'"
    ) == [(1, 0)]


def test_a_body_is_an_authority_while_it_holds_the_role(store: Store, file: PlatformFile) -> None:
    today = {"present": {}, "until-tomorrow": {"end_date": days_ago(-1)}}
    closed = "local-authority:closed"
    file.organisation(closed, end_date=days_ago(0)).provision(organisation=closed)
    not_today = {
        "ended": {"end_date": days_ago(0)},
        "not-yet": {"start_date": days_ago(-1)},
    }
    for name, dates in (today | not_today).items():
        organisation = f"local-authority:{name}"
        file.organisation(organisation, lpa=False).provision(organisation=organisation)
        file.add(
            "role_organisation",
            organisation=organisation,
            role="local-planning-authority",
            **dates,
        )
    store.load(file)
    names = {name for name in today | not_today if store.counts(f"local-authority:{name}").is_lpa}
    assert names == set(today)
    assert not store.counts(closed).is_lpa
    assert store.value("SELECT lpa_count FROM snapshot") == len(today) + 1


def test_sets_of_obligations(store: Store, file: PlatformFile) -> None:
    file.organisation(BBB).organisation("company:1", lpa=False)
    odp = {"project": "open-digital-planning"}
    file.provision("a", reason="statutory").provision("b", reason="expected", **odp)
    file.provision("c", reason="expected", project="another").provision("d", reason="encouraged")
    file.provision("e", reason="prospective").provision("f", reason="alternative")
    file.provision("g", reason="encouraged", **odp).provision("b", BBB, reason="expected", **odp)
    file.provision("h", reason="experimental").provision("i", "company:1", reason="statutory")
    store.load(file)
    assert store.coverage("programme") == (2, 0)
    assert store.coverage("statutory") == (1, 0)
    assert store.coverage("to-provide") == (4, 0)
    assert store.coverage("any") == (7, 0)
    counts = store.counts()
    assert (counts.expected, counts.optional, counts.optional_provided) == (3, 3, 0)
    assert store.counts("company:1").expected == 1


def test_what_is_expected_counts_though_it_is_encouraged_too(
    store: Store, file: PlatformFile
) -> None:
    """The register gives encouraged the greater weight."""
    file.provision(reason="encouraged").provision(reason="expected")
    file.endpoint().answer()
    store.load(file)
    assert store.cell().provision_reason == "expected"
    assert store.coverage("to-provide") == (1, 1)
    counts = store.counts()
    assert (counts.expected, counts.provided, counts.optional, counts.also_supplied) == (1, 1, 0, 0)


def test_of_several_reasons_the_weightiest_is_shown_and_all_count(
    store: Store, file: PlatformFile
) -> None:
    file.provision(reason="expected", project="open-digital-planning", cohort="one")
    file.provision(reason="statutory")
    store.load(file)
    assert store.cell().provision_reason == "statutory"
    assert store.coverage("programme") == store.coverage("statutory") == (1, 0)
    assert store.value("SELECT cohort FROM summary") == "one"
    assert len(store.table("provision-summary")) == 2


def test_what_is_provided_never_exceeds_what_is_expected(store: Store, file: PlatformFile) -> None:
    """More is supplied than owed: the counters speak of the same set, the rest stands beside."""
    file.provision("a").endpoint("a", "a").answer("a", resource="a")
    for dataset in ("b", "c", "d"):
        file.endpoint(dataset, dataset).answer(dataset, resource=dataset)
    file.provision("e", reason="alternative").endpoint("e", "e").answer("e", resource="e")
    store.load(file)
    counts = store.counts()
    assert (counts.provided, counts.expected, counts.also_supplied) == (1, 1, 4)
