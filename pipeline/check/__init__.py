"""Is a built dataset what the contract says, and how good is what it says?"""

from pipeline.check.dataset import Finding, check

__all__ = ["Finding", "check"]
