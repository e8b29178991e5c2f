"""Being told: following an organisation by mail, and its webhooks."""
