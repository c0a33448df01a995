"""What the service reads from its environment."""

from pydantic import SecretStr

from .platform.settings import PlatformSettings


class Settings(PlatformSettings):
    """The client that the service is to others."""

    client_id: str
    client_secret: SecretStr
