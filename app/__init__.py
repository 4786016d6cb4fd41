"""Roundabout: the server on which assemblies confederate."""
