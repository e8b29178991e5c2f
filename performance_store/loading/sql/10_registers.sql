-- Registers: organisations, roles, datasets, issue types and the rest. Any load enriches them.
-- Each step is one statement; its name is what timings and errors show.

-- step: reject organisations without a key
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'organisation', s.seq, 'no organisation reference', to_jsonb(s) - 'seq'
FROM stage_organisation s, t_context c
WHERE curie(s.organisation) IS NULL;

-- step: tell dates of organisations that are none
-- The body itself stays: a date that cannot be read is blank, and said to be.
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'organisation', s.seq,
    CASE WHEN bad_date(s.start_date) THEN 'start_date' ELSE 'end_date' END
        || ' is not a date: read as blank',
    to_jsonb(s) - 'seq'
FROM stage_organisation s, t_context c
WHERE curie(s.organisation) IS NOT NULL AND (bad_date(s.start_date) OR bad_date(s.end_date));

-- step: places of organisations
CREATE TEMP TABLE t_position ON COMMIT DROP AS
SELECT seq, number(longitude) AS longitude, number(latitude) AS latitude
FROM stage_organisation
WHERE in_kingdom(number(longitude), number(latitude));

-- step: tell places of organisations that are none
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'organisation', s.seq,
    'longitude and latitude are no place in the United Kingdom: read as blank', to_jsonb(s) - 'seq'
FROM stage_organisation s, t_context c
WHERE (blank(s.longitude) IS NOT NULL OR blank(s.latitude) IS NOT NULL)
    AND s.seq NOT IN (SELECT seq FROM t_position);

-- step: tell numbers that no column holds
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, n.table_name, n.seq,
    n.name || ' is not a whole number of a size that can be: read as blank', n.row
FROM t_context c, (
    SELECT 'organisation' AS table_name, seq, 'entity' AS name, to_jsonb(s) - 'seq' AS row
    FROM stage_organisation s WHERE blank(entity) IS NOT NULL AND whole(entity) IS NULL
    UNION ALL SELECT 'provision_reason', seq, 'priority', to_jsonb(s) - 'seq'
    FROM stage_provision_reason s
    WHERE blank(priority) IS NOT NULL AND whole(priority, 32767) IS NULL
    UNION ALL SELECT 'issue_type', seq, 'quality_criteria_level', to_jsonb(s) - 'seq'
    FROM stage_issue_type s WHERE blank(quality_criteria_level) IS NOT NULL
        AND whole(quality_criteria_level, 32767) IS NULL
) n;

-- step: organisations
-- The better informed source wins field by field: organisations CSV over platform over reports.
INSERT INTO organisation AS o (
    organisation, name, type, entity, region, local_authority_type, statistical_geography,
    start_date, end_date, successor, former_names, longitude, latitude, members, listed_as_lpa,
    website, authority_rank)
SELECT DISTINCT ON (curie(s.organisation))
    curie(s.organisation), blank(s.name), split_part(curie(s.organisation), ':', 1),
    whole(s.entity), coalesce(r.region, 'none'), blank(s.local_authority_type),
    blank(s.statistical_geography), iso_date(s.start_date), iso_date(s.end_date),
    curie(s.successor), parts(s.former_names), p.longitude, p.latitude,
    parts(s.members), coalesce(s.lpa = '1', false), blank(s.website),
    c.authority_rank
FROM stage_organisation s
CROSS JOIN t_context c
LEFT JOIN region r ON r.region = blank(s.region) OR r.slug = blank(s.region)
LEFT JOIN t_position p USING (seq)
WHERE curie(s.organisation) IS NOT NULL
ORDER BY curie(s.organisation), s.seq DESC
ON CONFLICT (organisation) DO UPDATE SET
    name = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.name, o.name) ELSE coalesce(o.name, excluded.name) END,
    entity = coalesce(o.entity, excluded.entity),
    region = CASE WHEN excluded.region = 'none' THEN o.region
        WHEN o.region = 'none' OR excluded.authority_rank >= o.authority_rank
        THEN excluded.region ELSE o.region END,
    local_authority_type = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.local_authority_type, o.local_authority_type)
        ELSE coalesce(o.local_authority_type, excluded.local_authority_type) END,
    statistical_geography = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.statistical_geography, o.statistical_geography)
        ELSE coalesce(o.statistical_geography, excluded.statistical_geography) END,
    start_date = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.start_date, o.start_date)
        ELSE coalesce(o.start_date, excluded.start_date) END,
    end_date = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.end_date, o.end_date)
        ELSE coalesce(o.end_date, excluded.end_date) END,
    successor = coalesce(excluded.successor, o.successor),
    former_names = (
        SELECT coalesce(array_agg(DISTINCT n), '{}')
        FROM unnest(o.former_names || excluded.former_names) n),
    longitude = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.longitude, o.longitude)
        ELSE coalesce(o.longitude, excluded.longitude) END,
    latitude = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.latitude, o.latitude)
        ELSE coalesce(o.latitude, excluded.latitude) END,
    members = CASE WHEN excluded.members = '{}' THEN o.members ELSE excluded.members END,
    website = CASE WHEN excluded.authority_rank >= o.authority_rank
        THEN coalesce(excluded.website, o.website) ELSE coalesce(o.website, excluded.website) END,
    listed_as_lpa = o.listed_as_lpa OR excluded.listed_as_lpa,
    authority_rank = greatest(o.authority_rank, excluded.authority_rank);

-- step: organisations that only rows mention
-- A company that owes data but is in no list of organisations stays findable, without a name.
INSERT INTO organisation (organisation, type)
SELECT DISTINCT o.organisation, split_part(o.organisation, ':', 1)
FROM (
    SELECT curie(organisation) AS organisation FROM stage_provision
    UNION SELECT curie(organisation) FROM stage_source
    UNION SELECT curie(organisation)
    FROM (SELECT DISTINCT organisation FROM stage_observation OFFSET 0) x
    UNION SELECT curie(organisation) FROM stage_role_organisation
) o
WHERE o.organisation IS NOT NULL
ON CONFLICT (organisation) DO NOTHING;

-- step: spellings of organisations
-- Every spelling that long tables use, normalised once.
CREATE TEMP TABLE t_key_organisation ON COMMIT DROP AS
SELECT s.text, o.id
FROM (
    SELECT organisation AS text FROM stage_observation
    UNION SELECT organisation FROM stage_issue_count
    UNION SELECT organisation FROM stage_field_count
) s
JOIN organisation o ON o.organisation = curie(s.text);

-- step: statistics of spellings
ANALYZE t_key_organisation;

-- step: boundaries that come anew
-- Their outlines go with them.
DELETE FROM organisation_boundary b
USING stage_boundary s
JOIN organisation o ON o.organisation = curie(s.organisation)
WHERE b.organisation_id = o.id;

-- step: boundaries
INSERT INTO organisation_boundary (organisation_id, geojson)
SELECT DISTINCT ON (o.id) o.id, s.geojson::jsonb
FROM stage_boundary s
JOIN organisation o ON o.organisation = curie(s.organisation)
ORDER BY o.id, s.seq DESC;

-- step: roles
INSERT INTO role (role, name, description)
SELECT DISTINCT ON (blank(role)) blank(role), blank(name), blank(description)
FROM stage_role
WHERE blank(role) IS NOT NULL
ORDER BY blank(role), seq DESC
ON CONFLICT (role) DO UPDATE
SET name = coalesce(excluded.name, role.name),
    description = coalesce(excluded.description, role.description);

-- step: tell dates of roles that are none
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'role_organisation', s.seq,
    CASE WHEN bad_date(s.start_date) THEN 'start_date' ELSE 'end_date' END
        || ' is not a date: read as blank',
    to_jsonb(s) - 'seq'
FROM stage_role_organisation s, t_context c
WHERE bad_date(s.start_date) OR bad_date(s.end_date);

-- step: roles of organisations
INSERT INTO role_organisation (organisation_id, role, start_date, end_date)
SELECT DISTINCT ON (o.id, blank(s.role))
    o.id, blank(s.role), iso_date(s.start_date), iso_date(s.end_date)
FROM stage_role_organisation s
JOIN organisation o ON o.organisation = curie(s.organisation)
WHERE blank(s.role) IS NOT NULL
ORDER BY o.id, blank(s.role), iso_date(s.end_date) DESC NULLS FIRST, s.seq DESC
ON CONFLICT (organisation_id, role) DO UPDATE
SET start_date = excluded.start_date, end_date = excluded.end_date;

-- step: datasets
-- A date that is none counts as an open end: an obligation may hang on the dataset.
INSERT INTO dataset AS d (dataset, name, plural, description, collection, typology, end_date)
SELECT DISTINCT ON (blank(s.dataset))
    blank(s.dataset), coalesce(blank(s.name), plain_name(blank(s.dataset))), blank(s.plural),
    blank(s.description), blank(s.collection), blank(s.typology), iso_date(s.end_date)
FROM stage_dataset s
WHERE blank(s.dataset) IS NOT NULL
ORDER BY blank(s.dataset), s.seq DESC
ON CONFLICT (dataset) DO UPDATE SET
    name = CASE WHEN (SELECT authority_rank FROM t_context) >= 2
        THEN excluded.name ELSE d.name END,
    plural = coalesce(excluded.plural, d.plural),
    description = coalesce(excluded.description, d.description),
    collection = coalesce(excluded.collection, d.collection),
    typology = coalesce(excluded.typology, d.typology),
    end_date = CASE WHEN (SELECT authority_rank FROM t_context) >= 2
        THEN excluded.end_date ELSE d.end_date END;

-- step: datasets that only rows mention
INSERT INTO dataset (dataset, name)
SELECT DISTINCT s.dataset, plain_name(s.dataset)
FROM (
    SELECT blank(dataset) AS dataset FROM stage_provision
    UNION SELECT blank(pipeline) FROM stage_source_pipeline
    UNION SELECT blank(dataset) FROM stage_observation
) s
WHERE s.dataset IS NOT NULL
ON CONFLICT (dataset) DO NOTHING;

-- step: fields of datasets, forgotten first
-- A list of fields is whole: it replaces what was known of the datasets it speaks of.
DELETE FROM dataset_field
WHERE dataset IN (SELECT blank(dataset) FROM stage_dataset_field);

-- step: fields of datasets
-- The pipeline adds entity, organisation and prefix to every dataset, and point to all but tree:
-- nobody can supply them, so they are not expected (rule of the platform's conformance report).
INSERT INTO dataset_field (dataset, field, expected)
SELECT DISTINCT blank(dataset), blank(field),
    NOT (field IN ('entity', 'organisation', 'prefix')
        OR (field = 'point' AND blank(dataset) <> 'tree'))
FROM stage_dataset_field
WHERE blank(dataset) IS NOT NULL AND blank(field) IS NOT NULL
ON CONFLICT DO NOTHING;

-- step: fields beyond a specification that we know
-- The register also lists what the platform makes of the data, or once asked for. What a provider
-- can supply is the same whatever it is counted from: performance_store/definitions/specifications.py.
UPDATE dataset_field f
SET expected = false
WHERE f.expected AND f.dataset IN (SELECT dataset FROM t_specification)
    AND NOT EXISTS (
        SELECT FROM t_specification x WHERE x.dataset = f.dataset AND x.field = f.field);

-- step: provision reasons
INSERT INTO provision_reason (provision_reason, name, description, priority)
SELECT DISTINCT ON (blank(provision_reason))
    blank(provision_reason), blank(name), blank(description), coalesce(whole(priority, 32767), 0)
FROM stage_provision_reason
WHERE blank(provision_reason) IS NOT NULL
ORDER BY blank(provision_reason), seq DESC
ON CONFLICT (provision_reason) DO UPDATE
SET name = excluded.name, description = excluded.description, priority = excluded.priority;

-- step: projects
INSERT INTO project (project, name, description)
SELECT DISTINCT ON (blank(project)) blank(project), blank(name), blank(description)
FROM stage_project
WHERE blank(project) IS NOT NULL
ORDER BY blank(project), seq DESC
ON CONFLICT (project) DO UPDATE SET name = excluded.name, description = excluded.description;

-- step: cohorts
INSERT INTO cohort AS c (cohort, name, project, fund, intervention, start_date, end_date)
SELECT DISTINCT ON (blank(cohort)) blank(cohort), blank(name), blank(project), blank(fund),
    blank(intervention), iso_date(start_date), iso_date(end_date)
FROM stage_cohort
WHERE blank(cohort) IS NOT NULL
ORDER BY blank(cohort), seq DESC
ON CONFLICT (cohort) DO UPDATE SET
    name = coalesce(excluded.name, c.name),
    project = coalesce(excluded.project, c.project),
    fund = coalesce(excluded.fund, c.fund),
    intervention = coalesce(excluded.intervention, c.intervention),
    start_date = coalesce(excluded.start_date, c.start_date),
    end_date = coalesce(excluded.end_date, c.end_date);

-- step: cohort aliases
INSERT INTO cohort_alias (alias, cohort)
SELECT DISTINCT ON (blank(alias)) blank(alias), blank(cohort)
FROM stage_cohort_alias
WHERE blank(alias) IS NOT NULL AND blank(cohort) IS NOT NULL
ORDER BY blank(alias), seq DESC
ON CONFLICT (alias) DO UPDATE SET cohort = excluded.cohort;

-- step: issue types
-- A report's idea of severity never overrides a register's.
INSERT INTO issue_type AS i (
    issue_type, name, description, severity, responsibility, quality_dimension, quality_criteria,
    quality_criteria_level, listed)
SELECT DISTINCT ON (blank(s.issue_type))
    blank(s.issue_type), blank(s.name), blank(s.description),
    coalesce(blank(s.severity), 'unclassified'), coalesce(blank(s.responsibility), 'unclassified'),
    blank(s.quality_dimension), blank(s.quality_criteria), whole(s.quality_criteria_level, 32767),
    c.authority_rank >= 2
FROM stage_issue_type s, t_context c
WHERE blank(s.issue_type) IS NOT NULL
ORDER BY blank(s.issue_type), s.seq DESC
ON CONFLICT (issue_type) DO UPDATE SET
    name = coalesce(excluded.name, i.name),
    description = coalesce(excluded.description, i.description),
    severity = excluded.severity,
    responsibility = excluded.responsibility,
    quality_dimension = excluded.quality_dimension,
    quality_criteria = excluded.quality_criteria,
    quality_criteria_level = excluded.quality_criteria_level,
    listed = excluded.listed
WHERE excluded.listed OR NOT i.listed;
