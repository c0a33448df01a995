"""Publishing the SDKs of a service: which version follows, the packages, a trial as an installer's, the upload."""
