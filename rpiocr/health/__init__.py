"""Diagnoses the installation and settings, with the command that fixes each fault. Nothing is sent anywhere."""
