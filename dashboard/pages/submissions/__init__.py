"""What was sent to the data team: each submission, an organisation's, and all."""
