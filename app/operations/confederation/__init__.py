"""Between assemblies: joining, sessions, receipts, answers, the count, what binds."""
