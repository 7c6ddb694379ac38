"""A gateway that takes every message after a moment: `python -m benchmarks.gateway SECONDS`.

It prints its port, and notes when each request came; `GET /seen` answers with these moments by request id.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

seen: dict[str, list[float]] = {}


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    came = time.time()
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    await reader.readexactly(int(fields.get("content-length", "0")))
    if head.startswith("GET"):
        answer: object = seen
    else:
        seen.setdefault(fields["x-request-id"], []).append(came)
        await asyncio.sleep(float(sys.argv[1]))
        answer = {"request_id": fields["x-request-id"], "code": "ACCEPTED"}
    body = json.dumps(answer).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
