"""Alembic migrations that upgrade older stores."""
