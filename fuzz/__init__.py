"""Fuzzing: input that nobody thought of, for everything that reads what others wrote.

``targets.py`` says what is run, ``mutate.py`` makes inputs of the corpus, ``__main__.py`` runs them in processes that
may die or hang, and keeps what they died of. See scripts/fuzz.sh.
"""
