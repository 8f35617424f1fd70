"""One module for the formats of a country: from the bytes of a code to a claim, or None if it is another format."""
