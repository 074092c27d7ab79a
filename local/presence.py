"""Whether an object is in the bucket: the port tells a missing one and a bucket that refuses by one error."""

from headwater.ports import ObjectStore


def is_there(store: ObjectStore, key: str) -> bool:
    """Tell whether there is an object of exactly this key; raises DependencyError as listing does."""
    return any(entry.key == key for entry in store.list(key))
