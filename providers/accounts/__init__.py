"""Who people are and for whom they may act: addresses, domains, mailed links, sessions, roles."""
