"""Inspection Watch: news about inspections of UK public services, cleaned, tagged, archived."""

__version__ = "0.1.0"
