"""A mail server that does to a message what its recipient's name asks for.

    refuse…  never takes it: 550
    delay…   takes it the second time: 451 first
    drop…    takes it, and the first time breaks off without saying so

Listens where its argument says; 0 is anywhere. Writes its port to standard output, then a JSON object a line for each
message that it took. Ends with its standard input.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


def say(what):
    print(what, flush=True)


class Handler:
    def __init__(self):
        self.seen = set()

    def first(self, address):
        first = address not in self.seen
        self.seen.add(address)
        return first

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return f"550 5.1.1 <{address}>: nobody of this name lives here"
        if address.startswith("delay") and self.first(address):
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(json.dumps({
            "to": envelope.rcpt_tos,
            "message_id": message["Message-ID"],
            "subject": message["Subject"],
            "text": message.get_body(["plain"]).get_content(),
            "html": message.get_body(["html"]).get_content(),
        }))
        if any(address.startswith("drop") and self.first(address) for address in envelope.rcpt_tos):
            server.transport.abort()
        return "250 OK"


async def main():
    loop = asyncio.get_running_loop()
    handler = Handler()
    port = int(sys.argv[1])
    server = await loop.create_server(lambda: SMTP(handler, hostname="mail.test"), "127.0.0.1", port)
    say(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
