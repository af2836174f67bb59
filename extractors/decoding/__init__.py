"""Decoders of strangers' files, run only inside the locked child process (extractors.sandbox, extractors.pages)."""
