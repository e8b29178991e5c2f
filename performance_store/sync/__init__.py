"""Fetching the platform's data over the network, patiently and whole, and loading it.

``web`` asks and asks again; ``datasette`` knows the protocol; ``copies`` keeps what has come, so
that an interrupted copy goes on where it stopped; ``published`` fetches a file instead; ``run``
puts them together and loads; ``worker`` does it again and again.
"""
