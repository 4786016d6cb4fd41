"""Server to server: actors, acts, inboxes, discovery, the ledger."""
