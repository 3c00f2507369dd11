#!/usr/bin/env python3
"""Checks a proof with Python's standard library and openssl, and nothing of Stagedoor's.

    check_proof.py proof.json public.pem

Does by itself what `stagedoor audit check` does, as docs/audit.md and docs/events.md describe it. Exit 0: proven.
"""

import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import uuid
from datetime import datetime, timezone
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class NotProven(Exception):
    pass


def require(condition, otherwise):
    if not condition:
        raise NotProven(otherwise)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def integer(number):
    return struct.pack(">q", number)


def microseconds(text):
    since = datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH
    return integer((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def text(string):
    encoded = string.encode()
    return struct.pack(">I", len(encoded)) + encoded


def event_hash(previous, event):
    """The event's hash in the log's chain."""
    fixed = [integer(event["position"]), integer(event["version"]), microseconds(event["recorded_at"])]
    names = [uuid.UUID(event["event_id"]).bytes, text(event["stream_id"]), text(event["type"])]
    return sha256(previous, *fixed, *names, text(event["data"]), text(event["metadata"]))


def root(leaf, index, size, path):
    """The root of the tree of `size` leaves that has this one at `index`: RFC 9162, 2.1.3.2."""
    at, last, node = index, size - 1, sha256(b"\0", leaf)
    for sibling in path:
        require(last > 0, "the path is too long")
        if at % 2 == 1 or at == last:
            node = sha256(b"\1", sibling, node)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            node = sha256(b"\1", node, sibling)
        at, last = at // 2, last // 2
    require(last == 0, "the path is too short")
    return node


def signed_bytes(checkpoint):
    """What was signed."""
    numbers = b"".join(integer(checkpoint[name]) for name in ("sequence", "from", "to"))
    hashes = {name: bytes.fromhex(checkpoint[name]) for name in ("chain_hash", "merkle_root", "previous", "key_id")}
    beginning = b"stagedoor checkpoint v1\n" + uuid.UUID(checkpoint["log_id"]).bytes
    issued_at = microseconds(checkpoint["issued_at"])
    return beginning + numbers + hashes["chain_hash"] + hashes["merkle_root"] + issued_at + hashes["previous"] + hashes["key_id"]


def is_signed(checkpoint, signature, public_key):
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", public_key, "-outform", "der"], check=True, capture_output=True)
    require(sha256(der.stdout).hex() == checkpoint["key_id"], "it was signed with another key")
    with tempfile.TemporaryDirectory() as directory:
        message, mark = Path(directory, "message"), Path(directory, "signature")
        message.write_bytes(signed_bytes(checkpoint))
        mark.write_bytes(bytes.fromhex(signature))
        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public_key, "-rawin", "-in", message, "-sigfile", mark]
        return subprocess.run(verify, capture_output=True).returncode == 0


def main(proof_file, public_key):
    proof = json.loads(Path(proof_file).read_text())
    event, checkpoint = proof["event"], proof["signed"]["checkpoint"]
    require(is_signed(checkpoint, proof["signed"]["signature"], public_key), "the signature is wrong")
    require(checkpoint["from"] <= event["position"] <= checkpoint["to"], "the checkpoint does not cover the event")
    leaf = event_hash(bytes.fromhex(proof["previous_hash"]), event)
    index, size = event["position"] - checkpoint["from"], checkpoint["to"] - checkpoint["from"] + 1
    found = root(leaf, index, size, [bytes.fromhex(node) for node in proof["path"]])
    require(found.hex() == checkpoint["merkle_root"], "the event is not in the tree that was signed")
    print(f"proven: {event['type']} at position {event['position']}, signed {checkpoint['issued_at']}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (NotProven, KeyError, ValueError) as error:
        sys.exit(f"not proven: {error}")
