-- Typed tables that the derivation fills. The staging tables themselves are made from the record types.

-- step: table of observations
CREATE TEMP TABLE t_obs (
    snapshot_id int NOT NULL, as_at date NOT NULL, organisation_id int NOT NULL,
    dataset_id int NOT NULL, endpoint_id int NOT NULL, endpoint text NOT NULL, entry_date date,
    source_id int, attempted boolean NOT NULL, success boolean, http_status text, exception text,
    last_attempt_at timestamptz, last_success_on date, failing_since date, resource_id int,
    resource_current boolean NOT NULL, content_changed_on date, record_count bigint,
    access_band text
) ON COMMIT DROP;

-- step: table of counted issues
CREATE TEMP TABLE t_issue_count (
    snapshot_id int NOT NULL, organisation_id int NOT NULL, dataset_id int NOT NULL,
    issue_type_id int NOT NULL, field text NOT NULL, severity text NOT NULL,
    responsibility text NOT NULL, problems bigint NOT NULL, current boolean NOT NULL,
    resource_id int NOT NULL, is_past boolean NOT NULL
) ON COMMIT DROP;

-- step: table of counted fields
CREATE TEMP TABLE t_field_count (
    snapshot_id int NOT NULL, organisation_id int NOT NULL, dataset_id int NOT NULL,
    fields_total int, fields_supplied int, fields_matched int
) ON COMMIT DROP;

-- step: table of cells whose issues could not all be read
CREATE TEMP TABLE t_issue_gap (
    snapshot_id int NOT NULL, organisation_id int NOT NULL, dataset_id int NOT NULL
) ON COMMIT DROP;

-- step: tables of what snapshots say
-- As they are kept, but by snapshot: they become intervals when all of them are there.
CREATE TEMP TABLE t_summary (snapshot_id int NOT NULL,
    LIKE summary_interval INCLUDING GENERATED) ON COMMIT DROP;
CREATE TEMP TABLE t_endpoint_state (snapshot_id int NOT NULL, LIKE endpoint_interval)
    ON COMMIT DROP;
CREATE TEMP TABLE t_issue_summary (snapshot_id int NOT NULL, LIKE issue_interval) ON COMMIT DROP;
CREATE TEMP TABLE t_past_issue (snapshot_id int NOT NULL, LIKE past_issue_interval)
    ON COMMIT DROP;
CREATE TEMP TABLE t_coverage ON COMMIT DROP AS SELECT * FROM coverage WITH NO DATA;

-- step: key of coverage
CREATE UNIQUE INDEX ON t_coverage (denominator, dimension, value, dataset, snapshot_id);
