"""Explains how a receipt was read: the text of every pass, the sums that agree, and the reasons for the verdict."""
