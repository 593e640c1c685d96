"""Network → facts: feeds and pages are fetched politely and stored as they came."""
