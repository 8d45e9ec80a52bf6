"""A real directory on loopback: OpenLDAP's slapd, with people and groups of a test."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Name, NameAttribute
from cryptography.x509.oid import NameOID
from ldap3 import MODIFY_ADD, MODIFY_REPLACE, Connection, Server

from tests.security.outbound.peers import Authority
from tests.serving import free_ports

BASE = "dc=corp,dc=example"
ADMIN = f"cn=admin,{BASE}"
LIMITED = f"uid=limited,ou=people,{BASE}"  # who is given one entry at a time
SECRET = "the directory's own (secret)"
PASSWORD = "a password of the directory"
MANAGE_REFERRALS = ("2.16.840.1.113730.3.4.2", True, None)  # RFC 3296 §3

CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/msuser.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw "{secret}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{admin}" write by dn.exact="{limited}" read by * none
limits dn.exact="{limited}" size=1
"""
TREE = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
o: Corp

dn: ou=people,{BASE}
objectClass: organizationalUnit

dn: ou=groups,{BASE}
objectClass: organizationalUnit
"""


@dataclass(frozen=True)
class Slapd:
    """A running directory; what is changed here is there at once."""

    port: int
    secure_port: int
    authority: Authority

    def options(self, **changed: str) -> dict[str, str]:
        """Return what an operator says of it."""
        pem = self.authority.certificate.public_bytes(serialization.Encoding.PEM)
        said = {
            "url": f"ldaps://localhost:{self.secure_port}",
            "ca": pem.decode(),
            "bind_dn": ADMIN,
            "base_dn": f"ou=people,{BASE}",
            "group_base_dn": f"ou=groups,{BASE}",
        }
        return said | changed

    def add_person(self, uid: str, **attributes: str) -> str:
        """Add a person with PASSWORD; return the name of the entry."""
        dn = f"uid={uid},ou=people,{BASE}"
        known = {
            "uid": uid,
            "cn": "Ada of Corp",
            "sn": "Corp",
            "givenName": "Ada",
            "mail": f"{uid}@corp.example",
            "userPassword": PASSWORD,
        }
        with self.connected() as admin:
            assert admin.add(dn, "inetOrgPerson", known | attributes), admin.result
        return dn

    def add_group(self, name: str, *members: str) -> None:
        """Add a group; it may not be empty."""
        dn = f"cn={name},ou=groups,{BASE}"
        with self.connected() as admin:
            assert admin.add(dn, "groupOfNames", {"member": [ADMIN, *members]})

    def change(self, dn: str, **attributes: str | list[str]) -> None:
        """Replace attributes of an entry."""
        changes = {
            name: [(MODIFY_REPLACE, value)] for name, value in attributes.items()
        }
        with self.connected() as admin:
            assert admin.modify(dn, changes), admin.result

    def extend(self, dn: str, **attributes: str) -> None:
        """Give an entry attributes that its class has not."""
        with self.connected() as admin:
            classes = [(MODIFY_ADD, ["extensibleObject"])]
            changes = {name: [(MODIFY_ADD, [at])] for name, at in attributes.items()}
            assert admin.modify(dn, {"objectClass": classes} | changes), admin.result

    def remove(self, dn: str) -> None:
        """Remove an entry."""
        with self.connected() as admin:
            assert admin.delete(dn), admin.result

    def clear(self) -> None:
        """Remove all people and groups."""
        with self.connected() as admin:
            for room in ("people", "groups"):
                controls = [MANAGE_REFERRALS]
                where = f"ou={room},{BASE}"
                admin.search(where, "(objectClass=*)", "LEVEL", controls=controls)
                for each in list(admin.response):
                    admin.delete(each["dn"], controls=controls)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Be its administrator."""
        server = Server("127.0.0.1", self.port, get_info="NO_INFO")
        with Connection(server, ADMIN, SECRET, check_names=False) as admin:
            yield admin


@contextmanager
def slapd(folder: Path) -> Iterator[Slapd]:
    """Run a directory in a folder."""
    authority = Authority(folder)
    write_certificate(folder, authority)
    (folder / "data").mkdir()
    configuration = folder / "slapd.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder, base=BASE, admin=ADMIN, secret=SECRET, limited=LIMITED
        )
    )
    add = ["/usr/sbin/slapadd", "-f", str(configuration)]
    subprocess.run(add, input=TREE, text=True, check=True, capture_output=True)
    running = Slapd(*free_ports(), authority)
    urls = f"ldap://127.0.0.1:{running.port} ldaps://127.0.0.1:{running.secure_port}"
    command = ["/usr/sbin/slapd", "-d", "0", "-f", str(configuration), "-h", urls]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(running.secure_port)
            yield running
        finally:
            process.kill()


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError


def write_certificate(folder: Path, authority: Authority) -> None:
    """Write key and certificate of ``localhost``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = Name([NameAttribute(NameOID.COMMON_NAME, "directory")])
    signed = authority.sign(subject, key, ca=False, names=("localhost",))
    (folder / "certificate.pem").write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
