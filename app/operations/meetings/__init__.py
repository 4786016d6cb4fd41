"""Meetings: convened, attended, conducted, counted by hand, minuted."""
