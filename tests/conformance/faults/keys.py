"""Faults in what the issuer's keys are taken for."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

KEYS = (
    Fault(
        "weak keys are taken",
        "public_keys.py",
        "_MIN_RSA_BITS, _MAX_RSA_BITS = 2048, 8192",
        "_MIN_RSA_BITS, _MAX_RSA_BITS = 512, 8192",
        "key-ignored",
    ),
    Fault(
        "small exponents are taken",
        "public_keys.py",
        "_MIN_RSA_EXPONENT, _MAX_RSA_EXPONENT = 65537,",
        "_MIN_RSA_EXPONENT, _MAX_RSA_EXPONENT = 3,",
        "key-ignored",
    ),
    Fault(
        "keys for encryption are taken",
        "jwks.py",
        'if jwk.get("use", "sig") != "sig":',
        "if False:",
        "key-ignored",
    ),
    Fault(
        "keys that are not secret any more are taken",
        "jwks.py",
        " or _SECRET_MEMBERS & jwk.keys()",
        "",
        "key-ignored",
    ),
    Fault(
        "the first key of an id shadows the others",
        "jwks.py",
        "        return found if kid is not None or len(found) == 1 else []",
        "        return found[:1] if kid is not None or len(found) == 1 else []",
        "key-duplicate-id",
    ),
    Fault(
        "key sets are fetched from wherever a redirect leads",
        "jwks.py",
        "follow_redirects=False",
        "follow_redirects=True",
        "key-set-none",
    ),
    Fault(
        "a service without keys calls the token bad",
        "jwks.py",
        '            raise Unavailable("The issuer\'s keys are not available.", headers={"retry-after": "5"})',
        "            return",
        "key-set-none",
    ),
)

KEYS_LATER = (
    Fault(
        "each unknown key costs a fetch",
        "jwks.py",
        "cooldown: float = 30,",
        "cooldown: float = 0,",
        "key-flood",
    ),
    Fault(
        "keys are fetched once",
        "jwks.py",
        "max_age: float = 60,\n        cooldown: float = 30,",
        "max_age: float = 1e9,\n        cooldown: float = 1e9,",
        "key-new key-removed key-flood key-set-outage",
    ),
    Fault(
        "a token that was accepted outlives its key",
        "auth.py",
        "            self._remembered.clear()",
        "            pass",
        "key-removed",
    ),
    Fault(
        "a failed fetch forgets the keys",
        "jwks.py",
        '            _LOGGER.warning("The key set was not refreshed: %s", error)',
        "            self._keys = []",
        "key-set-outage",
    ),
)
