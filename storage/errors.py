"""The few ways keeping a file can fail, each named; the texts are French sentences for who sends it."""


class StoreError(Exception):
    """Base of every expected failure of the store or of a file given to it."""


class StoreDown(StoreError):
    """The store cannot be reached or takes no writes: nothing was kept, trying again later is right."""


class ObjectMissing(StoreError):
    """No object has this key."""


class ObjectLocked(StoreError):
    """The object is under retention: the store refuses to delete it or to shorten its retention."""


class TakenKey(StoreError):
    """An object has this key already, and was left as it is."""


class ChecksumMismatch(StoreError):
    """The bytes in the store are not those that were written."""


class StreamCut(StoreError):
    """The sender went away before the end: nothing was kept."""


class FileRefused(StoreError):
    """Base of the refusals that the sender can do something about; `reason` is the sentence to show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooLarge(FileRefused):
    """The file has more bytes than `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        mebibytes = limit_bytes / 1024 / 1024
        shown = f"{mebibytes:.0f} Mo" if mebibytes >= 1 else f"{limit_bytes} octets"
        super().__init__(f"Le fichier dépasse la taille permise ({shown}). Réduisez-le ou découpez-le.")
        self.limit_bytes = limit_bytes


class Empty(FileRefused):
    """The file has no byte at all."""

    def __init__(self) -> None:
        super().__init__("Le fichier est vide. Vérifiez-le sur votre ordinateur et renvoyez-le.")


class TypeRefused(FileRefused):
    """The file's real type, read from its bytes, is not allowed or hides something that runs."""


class ScannerDown(Exception):
    """The antivirus does not answer: the file is neither clean nor infected, scan it again later."""


class ScannerLimit(ScannerDown):
    """The file is larger than the antivirus accepts: waiting does not help, its settings must change."""
