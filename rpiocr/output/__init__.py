"""Receipts as other people and programs get them: JSON, CSV, tables, HTML and images."""
