"""Tables of languages, countries and currencies: adding one of them is adding a file, or an entry, here."""
