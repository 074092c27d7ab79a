"""What a person's choice and plain prudence take away from an event before it is kept."""
