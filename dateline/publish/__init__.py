"""Coded reports → what people and programs read."""
