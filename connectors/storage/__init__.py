"""Files in a folder or an object store, through OpenDAL; keys are built here and hold no user input."""

from connectors.storage.store import BadStorageKey, MissingFile, Store, is_key, new_key, open_store

__all__ = ["BadStorageKey", "MissingFile", "Store", "is_key", "new_key", "open_store"]
