"""Signing in by SAML: signed assertions in answer to our request let people in, and nothing else does."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Saml

from deskwright.desk.accounts import policy, saml, trying
from deskwright.desk.accounts.saml import SamlProvider
from deskwright.desk.errors import Forbidden, Invalid
from deskwright.store.models import Agent, AuditEntry
from tests.web import rows

ENTITY, SSO = "https://id.example/saml", "https://id.example/saml/sso"
ACS = "http://testserver/login/elsewhere/saml/sso/acs/"
AUDIENCE = "http://testserver/login/elsewhere/saml/sso/metadata/"
ANSWER = """
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
  ID="_answer" Version="2.0" IssueInstant="{now}" Destination="{acs}" InResponseTo="{asked}">
  <saml:Issuer>{entity}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  <saml:Assertion ID="_said" Version="2.0" IssueInstant="{now}">
    <saml:Issuer>{entity}</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{email}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData NotOnOrAfter="{later}" Recipient="{acs}" InResponseTo="{asked}"/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="{before}" NotOnOrAfter="{later}">
      <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s"><saml:AuthnContext>
      <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
    </saml:AuthnContext></saml:AuthnStatement>
    <saml:AttributeStatement>
      <saml:Attribute Name="email"><saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="displayName"><saml:AttributeValue>Nell Frost</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="groups"><saml:AttributeValue>heads</saml:AttributeValue></saml:Attribute>
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
"""
Pair = tuple[str, str]


def pair() -> Pair:
    """A key and its certificate, as PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "id.example")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begins).not_valid_after(begins + timedelta(days=36500))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def keys() -> Pair:
    return pair()


@pytest.fixture
def house_of(desk: None, keys: Pair, now: datetime) -> Pair:
    saml.trust(None, SamlProvider("Lanternfish", ENTITY, SSO, (keys[1],)), now=now)
    return keys


def browser() -> Client:
    """One that names its host, as real ones do."""
    return Client(headers={"host": "testserver"})


def begun() -> tuple[Client, str]:
    """Somebody clicks the button: their browser, and the number of our request."""
    client = browser()
    there = client.get("/login/elsewhere/saml/sso/login/").headers["Location"]
    assert there.startswith(f"{SSO}?SAMLRequest=")
    packed = parse_qs(urlsplit(there).query)["SAMLRequest"][0]
    return client, etree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).get("ID")


def answer(keys: Pair, email: str, asked: str) -> str:
    """What the provider says of somebody, its assertion signed."""
    now = datetime.fromtimestamp(Saml.now(), UTC)
    moments = {"now": now, "before": now - timedelta(minutes=2), "later": now + timedelta(minutes=5)}
    values: dict[str, Any] = {name: at.strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in moments.items()}
    values |= {"entity": ENTITY, "acs": ACS, "audience": AUDIENCE, "email": email, "asked": asked}
    document = etree.fromstring(ANSWER.strip().format(**values))
    assertion = document.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    signed = Saml.add_sign(etree.tostring(assertion), *keys, sign_algorithm=RSA, digest_algorithm=SHA)
    document.replace(assertion, etree.fromstring(signed))
    return etree.tostring(document).decode()


RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA = "http://www.w3.org/2001/04/xmlenc#sha256"


def come_back(client: Client, said: str) -> None:
    packed = base64.b64encode(said.encode()).decode()
    on = client.post("/login/elsewhere/saml/sso/acs/", {"SAMLResponse": packed, "RelayState": ""}).headers["Location"]
    client.get(on)


def is_in(client: Client) -> bool:
    return client.get("/inbox/mine/").status_code == 200


def test_an_agent_comes_in_by_a_signed_assertion(house_of: Pair, ada: Agent) -> None:
    assert "Sign in with Lanternfish" in Client().get("/login/").content.decode()
    client, asked = begun()

    come_back(client, answer(house_of, ada.email, asked))

    assert f"You sign in as {ada.email}." in client.get("/account/").content.decode()


def test_who_signs_with_another_key_or_changes_a_word_stays_out(house_of: Pair, ada: Agent, lead: Agent) -> None:
    client, asked = begun()
    come_back(client, answer(pair(), ada.email, asked))
    assert not is_in(client)

    client, asked = begun()
    come_back(client, answer(house_of, ada.email, asked).replace(ada.email, lead.email))
    assert not is_in(client)


def test_an_assertion_nobody_asked_for_or_another_asked_for_lets_nobody_in(house_of: Pair, ada: Agent) -> None:
    _client, asked = begun()
    stranger = browser()

    come_back(stranger, answer(house_of, ada.email, asked))

    assert not is_in(stranger)


def test_newcomers_and_groups_are_as_the_desk_says(house_of: Pair, ada: Agent, now: datetime) -> None:
    client, asked = begun()
    come_back(client, answer(house_of, "nell@desk.example", asked))
    assert not is_in(client) and not Agent.objects.filter(email="nell@desk.example").exists()

    policy.admit(None, "light", "groups", {"heads": "lead"}, now=now)
    client, asked = begun()
    come_back(client, answer(house_of, "nell@desk.example", asked))

    assert is_in(client)
    nell = Agent.objects.get(email="nell@desk.example")
    assert (nell.name, nell.role) == ("Nell Frost", "lead")


def test_the_desk_tells_the_provider_who_it_is(house_of: Pair) -> None:
    told = browser().get("/login/elsewhere/saml/sso/metadata/").content.decode()

    assert ACS in told and AUDIENCE in told


METADATA = """
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
  entityID="{entity}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    {keys}
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""
KEY = """<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{bare}</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"""


def metadata(*certificates: str) -> str:
    bare = ["".join(line for line in one.splitlines() if "-----" not in line) for one in certificates]
    return METADATA.format(entity=ENTITY, sso=SSO, keys="".join(KEY.format(bare=one) for one in bare)).strip()


@pytest.fixture
def admin(desk: None) -> Agent:
    return rows.agent("Odile Marsh", "admin", password=rows.PASSWORD)


def came_in(agent: Agent) -> Client:
    """By password, which is a confirmation too."""
    client = browser()
    client.post("/login/", {"email": agent.email, "password": rows.PASSWORD})
    return client


def test_an_admin_enters_the_metadata_and_people_come_in(keys: Pair, admin: Agent, ada: Agent) -> None:
    client = came_in(admin)
    page = client.get("/console/sign-in/saml/").content.decode()
    assert ACS in page and AUDIENCE in page

    sent = {"name": "Lanternfish", "metadata": metadata(keys[1])}
    assert client.post("/console/sign-in/saml/", sent).status_code == 302

    theirs, asked = begun()
    come_back(theirs, answer(keys, ada.email, asked))
    assert is_in(theirs)
    changes = AuditEntry.objects.get(action="sign_in.changed").changes
    assert changes["entity_id"] == [None, ENTITY]
    assert ENTITY in client.get("/console/sign-in/").content.decode()

    client.post("/console/sign-in/saml/remove/")
    assert saml.provider() is None


def test_either_of_two_certificates_lets_people_in_while_a_provider_changes_them(
    keys: Pair, ada: Agent, now: datetime
) -> None:
    other = pair()
    saml.trust(None, saml.read(metadata(other[1], keys[1]).encode(), name="Lanternfish"), now=now)

    for each in (keys, other):
        client, asked = begun()
        come_back(client, answer(each, ada.email, asked))
        assert is_in(client)
    client, asked = begun()
    come_back(client, answer(pair(), ada.email, asked))
    assert not is_in(client)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Enter the address of its metadata"),
        ({"metadata": "<html/>"}, "This names no provider"),
        ({"metadata": "no xml"}, "This is no SAML metadata"),
        ({"metadata": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'}, "This is no SAML metadata"),
        ({"metadata_url": "http://id.example/metadata"}, "An address begins with https://."),
        ({"metadata_url": "http://127.0.0.1:1/metadata"}, "Nothing could be read there"),
    ],
)
def test_what_is_no_metadata_is_told_beside_its_field(sent: dict[str, str], said: str, admin: Agent) -> None:
    answer = came_in(admin).post("/console/sign-in/saml/", {"name": "Lanternfish", **sent})

    assert answer.status_code == 422 and said in answer.content.decode()
    assert saml.provider() is None


def test_trying_says_in_sentences_what_would_happen(house_of: Pair, admin: Agent, now: datetime) -> None:
    policy.admit(None, "light", "groups", {"heads": "lead"}, now=now)

    page = came_in(admin).post("/console/sign-in/saml/try/").content.decode()

    for said in (
        f"People are sent to {SSO}.",
        "It signs with the certificate of CN=id.example",
        "Only signed answers to a request of this desk let anybody in.",
        "You would come in as Odile Marsh, if it names odile@desk.example.",
        "Whom only the provider knows is taken on as Light agent.",
        "heads → Lead",
        "This desk stands at http://testserver",
    ):
        assert said in page, said


def test_trying_tells_of_a_certificate_that_has_ended(keys: Pair, admin: Agent, now: datetime) -> None:
    late = now.replace(year=2130)

    found = trying.by_saml(SamlProvider("Lanternfish", ENTITY, SSO, (keys[1], "nonsense")), admin, now=late)

    broken = [one.says for one in found if one.severity == "broken"]
    assert [one.split(" on ")[0] for one in broken] == [
        "The certificate of CN=id.example ended",
        "A certificate cannot be read.",
    ]


def test_only_who_holds_every_right_names_a_provider(keys: Pair, lead: Agent, now: datetime) -> None:
    with pytest.raises(Forbidden):
        saml.trust(lead, SamlProvider("Lanternfish", ENTITY, SSO, (keys[1],)), now=now)
    with pytest.raises(Invalid):
        saml.trust(None, SamlProvider("Lanternfish", ENTITY, "http://id.example/sso", (keys[1],)), now=now)


def test_without_the_package_the_page_says_so(admin: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saml, "spoken", lambda: False)
    client = came_in(admin)

    page = client.get("/console/sign-in/").content.decode()

    assert "SAML takes a package that is not installed here" in page and "/console/sign-in/saml/" not in page
    assert client.get("/console/sign-in/saml/").status_code == 422


def test_without_a_provider_there_is_no_way_in(desk: None) -> None:
    rows.agent("Ada Quill")

    assert browser().get("/login/elsewhere/saml/sso/login/").status_code == 404
