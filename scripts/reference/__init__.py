"""What cog fills in between its markers in README.md, docs/ and man/: functions that return text and write nothing.

``python -m cogapp -r README.md docs/*.md man/*``, in the folder of the project, renews all of it.
"""
