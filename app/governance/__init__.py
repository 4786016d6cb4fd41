"""What the assemblies' acts mean: pure functions of signed acts, values in and values out (governance.md)."""
