"""The rules: what each change means, by id. The reference has one anchor for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdkgen.compat.changes import Level

DOCS = "https://paviour.github.io/paviour/reference/compatibility#"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change."""

    id: str
    axis: str
    level: Level
    """The usual one; the case at hand may say otherwise."""
    title: str

    @property
    def url(self) -> str:
        return DOCS + self.id


_TABLES: dict[tuple[str, Level], str] = {
    ("wire", "breaking"): """
path-removed: a path with all its operations is gone
operation-removed: an operation is gone
request-parameter-removed: a parameter that callers send is not taken any more
request-required-parameter-added: callers have to send a new parameter
request-parameter-required: callers have to send a parameter that they could leave out
request-parameter-moved: a parameter is taken in another place
request-parameter-style-changed: a parameter is written in another style
request-parameter-reserved-narrowed: reserved characters have to be encoded
request-parameter-empty-narrowed: a parameter may not be empty any more
request-parameter-content-changed: a parameter is written by a media type instead of a style, or the other way round
request-body-removed: a body that callers send is not taken any more
request-required-body-added: callers have to send a body
request-body-required: callers have to send a body that they could leave out
request-media-type-removed: a media type that callers send is not taken any more
request-encoding-changed: a part of a form is written in another way
request-success-status-removed: an answer of the caller's own is not understood any more
request-error-status-removed: an answer of the caller's own is not understood any more
request-default-status-removed: an answer of the caller's own is not understood any more
request-header-required: the caller's own answer needs a header
request-header-style-changed: a header of the caller's own answer is written in another style
request-header-removed: a header of the caller's own answer is not taken any more
request-content-removed: the caller's own answer may have no body any more
response-parameter-removed: a parameter that the service sent is not sent any more
response-parameter-optional: a parameter that the service always sent may be left out
response-parameter-moved: the service sends a parameter in another place
response-parameter-style-changed: the service writes a parameter in another style
response-parameter-content-changed: the service writes a parameter in another way
response-parameter-reserved-widened: the service sends reserved characters
response-parameter-empty-widened: the service sends an empty parameter
response-body-removed: the service sends no body any more
response-body-optional: the service may send no body
response-media-type-removed: a media type that callers read is not sent any more
response-encoding-changed: a part of a form is written in another way
response-success-status-removed: a success that callers wait for does not come any more
response-success-status-added: a success comes that the old contract did not announce
response-header-removed: a header that callers read is not sent any more
response-header-optional: a header that was always sent may be left out
response-header-style-changed: a header is written in another style
response-content-removed: a response has no body any more
callback-removed: the service does not call back any more
callback-address-changed: the service calls back at another address
webhook-removed: the service does not send an event any more
request-default-changed: what is assumed of a value that callers leave out is another
request-property-required: callers have to send a property that they could leave out
request-required-property-added: callers have to send a new property
request-property-removed: a property that callers send is not taken any more
request-enum-value-removed: a value that callers send is not taken any more
response-property-removed: a property that callers read is not sent any more
response-property-optional: a property that was always sent may be left out
response-enum-value-added: a value comes that callers don't know
xml-changed: elements or attributes have other names in XML
""",
    ("wire", "compatible"): """
operation-added: an operation is new
request-parameter-added: callers may send a new parameter
request-parameter-optional: callers may leave out a parameter
request-parameter-reserved-widened: reserved characters need no encoding
request-parameter-empty-widened: a parameter may be empty
request-body-added: callers may send a body
request-body-optional: callers may leave out the body
request-media-type-added: one more media type is taken
request-success-status-added: one more answer of the caller's own is understood
request-error-status-added: one more answer of the caller's own is understood
request-default-status-added: any other answer of the caller's own is understood
request-header-added: the caller's own answer may have a header
request-header-optional: the caller's own answer may leave out a header
request-content-added: the caller's own answer may have a body
response-parameter-added: the service sends one more parameter
response-required-parameter-added: the service always sends one more parameter
response-parameter-required: the service always sends a parameter
response-parameter-reserved-narrowed: the service encodes reserved characters
response-parameter-empty-narrowed: the service sends no empty parameter
response-body-added: the service may send a body
response-required-body-added: the service always sends a body
response-body-required: the service always sends the body
response-media-type-added: one more media type is offered
response-error-status-removed: an error does not come any more
response-error-status-added: an error is announced
response-default-status-removed: other responses are not announced any more
response-default-status-added: other responses are announced
response-header-added: one more header is sent
response-header-required: a header is always sent
response-content-added: a response has a body
link-removed: a link between operations is gone
link-added: a link between operations is new
link-changed: a link leads elsewhere
callback-added: the service may call back
webhook-added: the service sends one more event
response-default-changed: what is assumed of a value that is left out is another
request-property-optional: callers may leave out a property
request-property-added: callers may send a new property
request-enum-value-added: one more value is taken
response-property-added: the service sends one more property
response-required-property-added: the service always sends one more property
response-property-required: a property is always sent
response-enum-value-removed: a value does not come any more
""",
    ("wire", "same"): """
description-changed: a text for people is another
example-changed: an example is another
extension-changed: an extension that the suite does not know is another
terms-changed: the licence or the terms of service are others
""",
    ("policy", "breaking"): """
security-required: credentials are needed where none were
security-alternative-removed: credentials that were enough are not any more
security-scheme-added: a second kind of credentials is needed besides
security-scope-added: a scope is needed that was not
security-scheme-changed: a scheme takes other credentials
security-scheme-undeclared: a scheme is not declared any more
security-flow-removed: tokens are not given by this flow any more
security-url-changed: tokens are asked for, or a provider is discovered, at another URL
security-scope-undeclared: a scope is not granted any more
server-removed: a server is gone
server-changed: the operations are served elsewhere
server-base-path-changed: the operations are served below another path
idempotency-removed: repeating a request is no longer safe
sunset-brought-forward: an operation ceases earlier than was said
sunset-added: an operation ceases
rate-lowered: fewer requests are allowed
timeout-lowered: a request is cut off earlier
slo-lowered: less is promised
audience-changed: the contract is for other callers
pagination-changed: pages are turned in another way
""",
    ("policy", "compatible"): """
security-optional: no credentials are needed any more
security-alternative-added: other credentials are enough as well
security-scheme-removed: a kind of credentials is not needed any more
security-scope-removed: a scope is not needed any more
security-scheme-declared: a scheme is declared
security-flow-added: tokens are given by one more flow
security-scope-declared: a scope is granted that was not
server-added: a server is new
server-default-changed: another server is the first
idempotency-added: a request may be repeated safely
sunset-postponed: an operation lives longer than was said
rate-raised: more requests are allowed
timeout-raised: a request is given more time
slo-raised: more is promised
lifecycle-changed: callers may rely on the contract in another measure
deprecation-added: an operation is said to go away
part-deprecation-added: a parameter, property or header is said to go away
part-deprecation-removed: a parameter, property or header is not said to go away any more
deprecation-removed: an operation is not said to go away any more
""",
    ("source", "breaking"): """
source-method-removed: a method is gone
source-method-renamed: a method has another name
source-module-changed: a method stands in another module
source-argument-removed: an argument is gone
source-argument-renamed: an argument has another name
source-argument-required: an argument can't be left out any more
source-required-argument-added: a new argument can't be left out
source-argument-type-changed: an argument has another type
source-result-type-changed: a result has another type
source-type-removed: a type is gone
source-type-renamed: a type has another name
source-type-changed: a type means something else
source-attribute-removed: an attribute is gone
source-attribute-renamed: an attribute has another name
source-attribute-required: an attribute can't be left out any more
source-attribute-optional: an attribute may be missing
source-attribute-type-changed: an attribute has another type
source-required-attribute-added: a new attribute can't be left out
""",
    ("source", "compatible"): """
source-method-added: a method is new
source-argument-added: an argument is new and may be left out
source-argument-optional: an argument may be left out
source-type-added: a type is new
source-attribute-added: an attribute is new
""",
}

KEYWORDS = {
    "type": "the types of a value",
    "nullable": "whether null is a value",
    "enum": "whether values are listed",
    "format": "the format of a text",
    "pattern": "the pattern of a text",
    "min-length": "the least length of a text",
    "max-length": "the greatest length of a text",
    "content-encoding": "how bytes are written as text",
    "content-media-type": "what a text holds",
    "minimum": "the least number",
    "maximum": "the greatest number",
    "multiple-of": "the step of numbers",
    "items": "the elements of an array",
    "min-items": "the least number of elements",
    "max-items": "the greatest number of elements",
    "unique-items": "whether elements may be equal",
    "contains": "what one of the elements must be",
    "unevaluated-items": "the elements that nothing else speaks of",
    "min-properties": "the least number of properties",
    "max-properties": "the greatest number of properties",
    "property-names": "the names of properties",
    "pattern-properties": "properties by a pattern of their names",
    "additional-properties": "properties that are not declared",
    "dependent-required": "properties that need others",
    "dependent-schemas": "properties that change what else holds",
    "any-of": "alternatives of which one or more hold",
    "one-of": "alternatives of which exactly one holds",
    "not": "what a value must not be",
    "if": "what holds under a condition",
    "schema": "the whole schema",
}
"""Keywords of JSON Schema of which only the values matter that they allow."""

_STEPS: dict[tuple[str, str], tuple[Level, str]] = {
    ("request", "narrowed"): ("breaking", "callers may send less"),
    ("request", "changed"): ("breaking", "callers may send something else"),
    ("request", "widened"): ("compatible", "callers may send more"),
    ("response", "narrowed"): ("compatible", "less may come"),
    ("response", "changed"): ("breaking", "something else may come"),
    ("response", "widened"): ("breaking", "more may come than callers know"),
}


def _rules() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for (axis, level), table in _TABLES.items():
        for line in table.strip().splitlines():
            id, _, title = line.partition(": ")
            found[id] = Rule(id, axis, level, title)
    for keyword, title in KEYWORDS.items():
        for (role, step), (level, meaning) in _STEPS.items():
            id = f"{role}-{keyword}-{step}"
            found[id] = Rule(id, "wire", level, f"{title}: {meaning}")
    return found


RULES = _rules()
