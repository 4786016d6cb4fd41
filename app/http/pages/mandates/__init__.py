"""Pages about mandates: given, used, answered for, recalled."""
