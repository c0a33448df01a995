"""The contract compiler: from an OpenAPI contract to the code, schemas and documents that follow from it.

`load` reads files, `reader` turns them into a `Contract`, and each projection (server, validation, examples) turns
that into text. Nothing here knows a template.
"""
