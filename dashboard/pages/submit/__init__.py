"""Sending something to the data team: from what it is to the moment it is sent."""
