"""The SDK for Python, on openapi-python-client: the plain form in, a package out."""
