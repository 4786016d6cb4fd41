"""Matters on the agenda: proposed, revised, linked, opened, carried out, lapsed."""
