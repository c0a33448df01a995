"""Faults in what happens when a request is sent again."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

IDEMPOTENCY = (
    Fault(
        "a missing key is a violation like any other",
        "dispatch.py",
        'if operation.idempotency_key == "required" and b"idempotency-key" not in fields:',
        "if False:",
        "idempotency-key-missing error-idempotency-key-missing",
    ),
    Fault(
        "keys are ignored",
        "dispatch.py",
        "if key is None:",
        "if True:",
        "idempotency-replay idempotency-one-effect idempotency-other-payload idempotency-duplicates*",
    ),
    Fault(
        "a key stands for any payload",
        "idempotency.py",
        "if row.fingerprint != fingerprint:",
        "if False:",
        "idempotency-other-payload",
    ),
    Fault(
        "requests at the same time do not see each other",
        "idempotency.py",
        "    async with _held(session, identity):",
        '    if identity in session.info["idempotency_keys"]:\n'
        '        identity = __import__("os").urandom(32)\n'
        "    async with _held(session, identity):",
        "idempotency-duplicates*",
    ),
    Fault(
        "all clients share their keys",
        "idempotency.py",
        "_digest(tenant_part, client.encode(), ",
        "_digest(tenant_part, ",
        "idempotency-other-client",
    ),
    Fault(
        "all tenants share their keys",
        "idempotency.py",
        "_digest(tenant_part, ",
        "_digest(",
        "idempotency-other-tenant",
    ),
    Fault(
        "all operations share their keys",
        "idempotency.py",
        "operation.encode(), key.encode()",
        "key.encode()",
        "idempotency-other-operation",
    ),
    Fault(
        "fields that are wrong are passed over",
        "dispatch.py",
        "            faults = faults or self._schemas.parameter_faults(operation.id, parameters)\n",
        "            if not faults and self._schemas.parameter_faults(operation.id, parameters):\n"
        '                parameters["header"] = {}\n',
        "if-none-match-malformed",
    ),
    Fault(
        "a key may be anything",
        "dispatch.py",
        "faults = faults or self._schemas.parameter_faults(operation.id, parameters)",
        "faults = faults or [\n"
        "                fault\n"
        "                for fault in self._schemas.parameter_faults(operation.id, parameters)\n"
        '                if fault.where != "header"\n'
        "            ]",
        "idempotency-key-empty idempotency-key-long idempotency-key-control",
    ),
    Fault(
        "the last of two keys counts",
        "parameters.py",
        "    if len(texts) > 1 and not isinstance(parameter.shape, Array):\n"
        '        raise Violation("is given more than once")\n',
        "    texts = texts[-1:]\n",
        "idempotency-key-twice",
    ),
    Fault(
        "a refusal uses up the key",
        "dispatch.py",
        "        if faults:\n            raise ContractViolation(errors=faults)\n",
        "        used = self.__dict__.setdefault('used', set())\n"
        "        if faults:\n"
        "            used.add(fields.get(b'idempotency-key', b''))\n"
        "            raise ContractViolation(errors=faults)\n"
        "        if fields.get(b'idempotency-key') in used:\n"
        "            raise ContractViolation\n",
        "idempotency-after-a-refusal",
    ),
)
