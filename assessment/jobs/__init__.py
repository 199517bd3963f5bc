"""Work behind the requests: thin handlers that call a service, and what starts them (docs/decisions/0018)."""
