"""The versions that a manifest records, in one place."""

__version__ = "0.1.0"
SCHEMA_VERSION = "1.0.0"
