"""Dateline: news reports to a sourced event dataset."""

__version__ = "0.1.0"
