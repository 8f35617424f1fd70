"""Tables of languages, countries and currencies: a language is a file, and so is a country."""
