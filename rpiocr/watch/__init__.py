"""Reads the files that arrive in a folder, each exactly once, and moves them to their destination."""
