"""The authors' door: submissions, their authors, versions and files."""
