"""Where migration 0001, which is landed and stays as it is, finds the storage of photos."""

from repairs_restorals.models.photos import private_storage

__all__ = ["private_storage"]
