"""Blobs in an S3 bucket, or in anything that speaks its language. A PUT there is whole and durable when it is answered."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from intake.errors import Unavailable
from intake.settings import SettingWrong
from intake.storage import Entry, checked

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

log = logging.getLogger(__name__)
TRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}
"""Whoever uploads waits for it."""


class Bucket:
    """Blobs in an object store. Access keys, region and endpoint come from the AWS_… variables."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def put(self, key: str, data: bytes) -> None:
        try:
            with _there():
                obstore.put(self.store, checked(key), data, mode="create", use_multipart=False)
        except AlreadyExistsError:  # also when our own first try arrived and its answer did not
            if self.get(key) != data:
                raise FileExistsError(key) from None

    def get(self, key: str) -> bytes:
        try:
            with _there():
                return bytes(obstore.get(self.store, checked(key)).bytes())
        except (NotFoundError, FileNotFoundError):
            raise KeyError(key) from None

    def delete(self, key: str) -> None:
        try:
            with _there():
                obstore.delete(self.store, checked(key))
        except (NotFoundError, FileNotFoundError):
            return

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        folder = prefix.rpartition("/")[0]
        with _there():
            for batch in obstore.list(self.store, folder or None):
                for each in batch:
                    if each["path"].startswith(prefix):
                        yield Entry(each["path"], each["size"], each["last_modified"])

    def keys(self, prefix: str = "") -> Iterator[str]:
        return (entry.key for entry in self.entries(prefix))

    def free(self) -> None:
        return None


@contextlib.contextmanager
def _there() -> Iterator[None]:
    """A store that cannot be reached, or refuses us, is one error, with its kind in the log and nothing of the request."""
    try:
        yield
    except (AlreadyExistsError, NotFoundError):
        raise
    except BaseError as error:
        log.error("blob store: %s", type(error).__name__)
        raise Unavailable from None


def bucket(url: str) -> Bucket:
    """The bucket of an address `s3://bucket/prefix`."""
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+(/[\w./-]*)?", url):
        raise SettingWrong("YUSHEN_BLOB_URL must be like s3://bucket/prefix")
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
    waits: ClientConfig = {"timeout": "60s", "connect_timeout": "5s", "allow_http": plain}  # given any, the store takes none from outside
    return Bucket(S3Store.from_url(url.rstrip("/"), retry_config=TRIES, client_options=waits))
