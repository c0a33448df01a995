"""What the service of the demo reads from its environment."""

from .platform.settings import PlatformSettings


class Settings(PlatformSettings):
    orders_url: str
