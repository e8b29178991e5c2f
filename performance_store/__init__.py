"""The performance store: owns its schema, loads platform data into it, answers questions of it."""
