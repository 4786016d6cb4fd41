"""The assembly and its people: founding, rules, who belongs, who holds an office, who signs."""
