"""The exchange with other servers: received, handled, looked up, published, delivered, pulled."""
