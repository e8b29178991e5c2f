"""The check engine: a file and a dataset's specification in, findings and corrected rows out.

It knows no web framework, no database and no network. It is used by the worker, in a process with
limits, and from a command line:

    python -m checking FILE --dataset conservation-area
"""
