"""Wire documents to the values of governance, and back. Pure."""
