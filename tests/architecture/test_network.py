"""Tests stay on this machine."""

from __future__ import annotations

import socket

import pytest

from tests.plugins.loopback import OutsideLoopback


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("desk.example", 80), ("2001:db8::1", 80)])
def test_reaching_another_machine_fails_at_once(address: tuple[str, int]) -> None:
    with pytest.raises(OutsideLoopback, match="tests may not reach"):
        socket.create_connection(address, timeout=1)


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        socket.create_connection(("localhost", server.getsockname()[1])).close()
