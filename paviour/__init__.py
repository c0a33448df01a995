"""The paved road for API services: the command line over the templates and the contract compiler."""

__version__ = "0.2.0"
