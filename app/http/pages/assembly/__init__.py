"""Pages about the assembly and its people: its rules, who belongs, who holds an office, who signs."""
