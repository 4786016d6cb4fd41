"""Mandates: given, used, reported on, recalled, and the seats of a delegation."""
