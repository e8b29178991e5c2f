"""What pages are made of: pure functions of rows. They ask nothing and cache nothing."""
