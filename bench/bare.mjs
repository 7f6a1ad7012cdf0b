// The least an HTTP server can do: the bytes it was given, from memory. Baseline of the reads.
import { createServer } from 'node:http';

process.once('message', (body) => {
  const bytes = Buffer.from(body);
  createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
    response.end(bytes);
  }).listen(Number(process.argv[2]), '127.0.0.1', () => process.send('listening'));
});
