"""What holds for every test."""

from hypothesis import settings

# A shared machine is slow when it likes; speed has its own measurements.
settings.register_profile("headwater", deadline=None)
settings.load_profile("headwater")
