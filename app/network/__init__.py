"""The one way out: a client whose dialer refuses addresses that no peer may name (hostile C)."""
