"""Real clients against the whole stack on this machine; run by `make test-e2e`."""
