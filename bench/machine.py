"""How fast this machine is right now, so that runs can be compared."""

import time

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

ROUNDS = 200


def signature_milliseconds() -> float:
    """Return the processor time of one RS256 signature, which no code of ours changes.

    Costs of two runs compare when each is divided by this: it grows with slower
    processors and with neighbours that share them.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    began = time.process_time()
    for _ in range(ROUNDS):
        key.sign(b"message", padding.PKCS1v15(), SHA256())
    return 1000 * (time.process_time() - began) / ROUNDS
