"""Parts about what was sent to the data team."""
