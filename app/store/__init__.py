"""Rows in and rows out: synchronous SQLAlchemy Core on a connection that is given."""
