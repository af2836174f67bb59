"""The HTTP door: the case-system API under /v1."""
