"""One module for each format that asks for a payment: what it states is a request, not what was bought."""
