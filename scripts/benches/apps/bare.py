"""FastAPI with nothing on: the measure of all others."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Order(BaseModel):
    reference: str
    quantity: int
    urgent: bool


@app.post("/orders", status_code=201)
async def create_order(order: Order) -> Order:
    return order
