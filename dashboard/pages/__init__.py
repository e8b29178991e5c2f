"""The pages, in the order of the navigation, and the files made of what they show.

The tuples here are the only lists of them.
"""

from __future__ import annotations

from types import ModuleType

from dashboard.pages import about, glossary, guidance, home
from dashboard.pages.account import (
    accessibility,
    account,
    code,
    cookie_notice,
    link,
    privacy,
    sign_in,
)
from dashboard.pages.check import columns as check_columns
from dashboard.pages.check import map as check_map
from dashboard.pages.check import result, rows, start
from dashboard.pages.follow import confirm, follow, preferences, unsubscribe
from dashboard.pages.national import (
    changes,
    compare,
    coverage,
    datasets,
    freshness,
    issues,
    overview,
    trends,
)
from dashboard.pages.national import dataset as national_dataset
from dashboard.pages.national import files as national_files
from dashboard.pages.national import tasks as national_tasks
from dashboard.pages.provider import (
    dataset,
    feeds,
    files,
    issue,
    issue_file,
    organisation,
    organisations,
    organisations_file,
    record,
    record_list,
    record_map,
    records,
    task,
    task_file,
    tasks,
)
from dashboard.pages.submissions import files as submission_files
from dashboard.pages.submissions import national as national_submissions
from dashboard.pages.submissions import of_organisation as submissions
from dashboard.pages.submissions import submission
from dashboard.pages.submit import address as submit_address
from dashboard.pages.submit import already as submit_already
from dashboard.pages.submit import checking as submit_check
from dashboard.pages.submit import details as submit_details
from dashboard.pages.submit import start as submit_start
from dashboard.pages.submit import summary as submit_summary
from dashboard.web.page import PageModule

PAGES: tuple[PageModule, ...] = (
    *(home, organisations, organisation, tasks, task, dataset, issue),
    *(records, record_list, record_map, record),
    *(overview, coverage, trends, compare, freshness, issues),
    *(national_tasks, national_submissions, changes, datasets, national_dataset, guidance),
    start,
    *(about, glossary),
    *(sign_in, code, link, account, privacy, cookie_notice, accessibility),
    *(follow, confirm, preferences, unsubscribe),
    *(result, rows, check_columns, check_map),
    *(submit_start, submit_address, submit_already, submit_check, submit_details, submit_summary),
    *(submissions, submission),
)

# Each of these gives its routes to the blueprint of downloads as it is imported.
FILES: tuple[ModuleType, ...] = (
    *(feeds, files, issue_file, organisations_file, task_file, submission_files),
    *national_files.ALL,
)
