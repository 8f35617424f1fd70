"""Mails as they are stored: their parts as files of their own, and what they say as rows of text."""

from rpiocr.load.mail.message import Body, Mail, Part, read_mail

__all__ = ["Body", "Mail", "Part", "read_mail"]
