"""The console: what it tells of the stream, of people and of an event's way, and whom it answers."""
