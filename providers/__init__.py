"""What people do and what is kept of it: accounts, progress of tasks, messages, jobs.

It is apart from the facts of the store: no load, roll-back or retention touches it. Its tables
stand in the PostgreSQL schema `providers` and refer to organisations and datasets by their codes,
never to rows of a snapshot. Migrations are those of the store, one history.
"""
