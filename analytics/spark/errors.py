"""Errors that a reader of the log sees: what happened, why, and what to do."""


class StreamJobError(Exception):
    """A fault of the stream job or its source, told in one sentence; no stack trace helps with it."""
