"""The demo shop: static pages with real analytics.js, and the small server a real shop would have."""
