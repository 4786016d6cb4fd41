"""`python -m app` is `roundabout`."""

from app.cli import main

main()
