"""Files in a folder or an object store, through OpenDAL; keys are built here and hold no user input."""

from connectors.storage.store import BadKey, Missing, Store, is_key, new_key, open_store

__all__ = ["BadKey", "Missing", "Store", "is_key", "new_key", "open_store"]
