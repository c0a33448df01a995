"""What the contract declares of an operation's answers, and whether an answer is of that kind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from paviour.verify.schemas import Schemas
from paviour.verify.wire import Answer
from sdkgen.errors import pointer_text
from sdkgen.model import MediaType, Operation, Response

PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Declared:
    """The response that the contract declares for an answer of an operation."""

    operation: Operation
    answer: Answer
    is_head: bool
    """Whether HEAD was asked, whose answer has no content (RFC 9110, section 9.3.2)."""

    @cached_property
    def response(self) -> Response | None:
        """By the code itself, else by its range, else the default (OpenAPI, Responses Object)."""
        status = self.answer.status
        by_status = {response.status.upper(): response for response in self.operation.responses}
        return next((by_status[k] for k in (str(status), f"{status // 100}XX", "DEFAULT") if k in by_status), None)

    @property
    def essence(self) -> str:
        return self.answer.fields.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_problem(self) -> bool:
        """An error of the one shape that every operation may answer with (RFC 9457)."""
        return self.answer.status >= 400 and self.essence == PROBLEM

    @cached_property
    def media(self) -> MediaType | None:
        """What is declared for the media type: the type itself, else a range that it is of."""
        content = self.response.content if self.response else ()
        ranges = (self.essence, self.essence.partition("/")[0] + "/*", "*/*")
        return next((media for known in ranges for media in content if media.essence == known), None)

    def status_fault(self) -> str:
        return "" if self.response or self.is_problem else f"the status {self.answer.status} is not declared"

    def media_type_fault(self) -> str:
        if self.response is None or self.media or self.is_problem:
            return ""
        if self.response.content:
            return f"Content-Type is {self.essence or 'missing'}, which is not declared for {self.response.status}"
        return f"there is content, and none is declared for {self.response.status}" if self.answer.body else ""

    def body_fault(self, schemas: Schemas) -> str:
        if self.response is None or self.media is None or not self.media.is_json or self.is_head:
            return ""
        place = ("operations", self.operation.id, "responses", self.response.status, self.media.name)
        if schemas.at(place) is None:
            return ""
        try:
            body = json.loads(self.answer.body)
        except ValueError:
            return "the body is no JSON"
        error = next(schemas.errors(place, body), None)
        return f"{pointer_text([str(step) for step in error.instance_path])}: {error.message[:200]}" if error else ""

    def fields_fault(self) -> str:
        if self.response is None or (self.response.content and self.media is None):
            return ""
        needed = [header.name for header in self.response.headers if header.required]
        missing = [name for name in needed if name.lower() not in self.answer.fields]
        return f"{missing[0]} is missing" if missing else ""
