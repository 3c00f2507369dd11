"""localstripe on the loopback, at the port that its argument says; 0 is any.

Its own program listens on every address, and keeps what it knows in a file that all of a machine's users share; the
rest of it is taken as it is.

Writes its port to standard output, then a line for each request, and for each webhook what came of it. Ends with its
standard input.
"""

import asyncio
import logging
import sys

from aiohttp import web
from localstripe import server
from localstripe.resources import Store

Store.dump_to_disk = lambda store: None


async def main():
    logger = logging.getLogger("aiohttp.access")
    logger.setLevel(logging.INFO)
    logger.addHandler(logging.StreamHandler(sys.stdout))
    runner = web.AppRunner(server.app, access_log=logger)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]))
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


asyncio.run(main())
