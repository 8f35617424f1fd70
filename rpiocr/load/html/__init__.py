"""HTML of mails as rows of text where a reader would see them; nothing is fetched and no script is run."""

from rpiocr.load.html.layout import rows_of_html

__all__ = ["rows_of_html"]
