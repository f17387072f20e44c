"""One package."""
