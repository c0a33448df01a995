"""What the service reads from its environment."""

from .platform.settings import PlatformSettings


class Settings(PlatformSettings):
    """The platform's settings and the service's own.

    A field is the environment variable of its name in upper case; the service does not start while one without a
    default is missing. For example:

        catalog_url: str
        price_cache_seconds: int = 60

    `Operations` is given them where it asks: `def __init__(self, settings: Settings) -> None`.
    """
