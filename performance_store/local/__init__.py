"""A PostgreSQL of our own and the processes that `make run` starts."""
