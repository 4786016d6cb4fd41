"""Pictures: what people upload or other servers show, made harmless before it is kept."""
