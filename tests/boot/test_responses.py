"""What the head of every response has, and has not, on the wire."""

from __future__ import annotations

import socket

import pytest

from tests.support.process import Service


@pytest.mark.parametrize("target", ["/deliveries/1", "/no/such/path", "/health/live", "/openapi.yaml", "/metrics"])
def test_no_response_is_sniffed_or_names_its_server(deliveries: Service, target: str) -> None:
    headers = deliveries.client.get(target).headers
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert "server" not in headers
    assert "x-powered-by" not in headers


def test_the_servers_own_refusal_has_the_same_fields(deliveries: Service) -> None:
    host, port = deliveries.client.base_url.host, deliveries.client.base_url.port
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(b"NOT HTTP\r\n\r\n")
        head = connection.recv(65536).decode("latin-1").partition("\r\n\r\n")[0].lower().splitlines()
    assert head[0].startswith("http/1.1 400 ")
    assert head.count("x-content-type-options: nosniff") == 1
    assert head.count("cache-control: no-store") == 1
    assert not [line for line in head if line.startswith("server:")]
