"""Pages about what is proposed: its text, its versions, who brought it, what is said about it."""
