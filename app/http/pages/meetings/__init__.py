"""Pages about meetings: convened, conducted, minuted."""
