"""Pages about what several assemblies do together: sessions, calls, and where each stands."""
