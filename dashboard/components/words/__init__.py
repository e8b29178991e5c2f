"""Plain words for values, statuses, failures and issue types. They import no other component."""
