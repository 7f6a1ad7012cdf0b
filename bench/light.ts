import { Agent, request } from 'node:http';

/** Keep-alive connections that cost the measuring side little: on two cores a heavy client measures itself. */
export function connections(most: number): { get: (url: string) => Promise<Buffer>; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: most });
  return {
    get: (url) =>
      new Promise((done, fail) => {
        request(url, { agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            response.statusCode === 200
              ? done(Buffer.concat(chunks))
              : fail(new Error(`status ${response.statusCode}`)),
          );
        })
          .on('error', fail)
          .end();
      }),
    close: () => agent.destroy(),
  };
}
