"""The folder of a single box: secret file and development mark, made at first start."""

import os
from pathlib import Path

from idp.core.randomness import new_id, new_token
from idp.core.settings.server import ServerSettings
from idp.ops.configuration import DEVELOPMENT_MARK


def prepare_development(server: ServerSettings) -> bool:
    """Make the data folder (0700), its mark and, unless one is set, the secret file.

    The mark tells commands that run in the same place the issuer, and that this is no
    production server. Existing secrets are kept, and several starts at once agree on
    one; returns whether this start made it.
    """
    server.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (server.data_dir / DEVELOPMENT_MARK).write_text(f"{server.issuer}\n")
    if server.secret_key or server.secret_file.exists():
        return False
    return create_secret(server.secret_file)


def create_secret(path: Path) -> bool:
    """Write a new secret (mode 0600) that is complete as soon as it is visible.

    The file is written under another name and linked, which fails when somebody else
    was first: then theirs counts, and this returns False.
    """
    draft = path.with_name(f"{path.name}.{new_id()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with os.fdopen(handle, "w") as file:
        file.write(new_token() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
