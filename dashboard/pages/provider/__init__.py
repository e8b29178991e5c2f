"""The pages about organisations, for the people who provide data."""
