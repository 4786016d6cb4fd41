"""What people see in a browser; works without JavaScript."""
