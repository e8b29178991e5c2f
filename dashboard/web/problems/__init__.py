"""Pages for what cannot be shown: no data, no such page, no database, a fault of ours."""
