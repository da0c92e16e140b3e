"""Records as people paste them: zone files, `dig`, a provider's table."""

from __future__ import annotations

import pytest

from deskwright.channels.email.dns_records import pasted

ZONE = """
; the mail of the desk
@            3600 IN MX   10 mx1.desk.example.
             ; and its policy
desk.example.     IN TXT  "v=spf1 include:_spf.google.com ~all"
desk.example.     300 IN TXT "some-site-verification=1"
_dmarc            TXT  v=DMARC1; p=none; rua=mailto:a@desk.example
dw1._domainkey    IN TXT ( "v=DKIM1; k=rsa; "
                           "p=AAA;BBB" )
mail              A    192.0.2.7
192.0.2.7         PTR  mail.desk.example.
"""


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("desk.example", "MX", ["mx1.desk.example"]),
        ("Desk.Example.", "TXT", ["v=spf1 include:_spf.google.com ~all", "some-site-verification=1"]),
        ("_dmarc.desk.example", "TXT", ["v=DMARC1; p=none; rua=mailto:a@desk.example"]),
        ("dw1._domainkey.desk.example", "TXT", ["v=DKIM1; k=rsa; p=AAA;BBB"]),
        ("mail.desk.example", "A", ["192.0.2.7"]),
        ("elsewhere.example", "MX", []),
    ],
)
def test_pasted_lines_are_read_as_records(name: str, kind: str, values: list[str]) -> None:
    found = pasted(ZONE, "desk.example")
    assert found.look(name, kind) == values
    assert found.strange == ()


def test_a_line_that_is_no_record_is_given_back() -> None:
    found = pasted("please help\ndesk.example MX 0 .", "desk.example")
    assert found.strange == ("please help",)
    assert found.look("desk.example", "MX") == ["."]
