import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

/** A bucket on an S3 server of this process, and the credentials it takes in the environment, until `drop`. */
export async function testBucket(name: string): Promise<{ address: string; url: string; drop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'shuheng-s3-'));
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name, configs: [] }],
  });
  const { port } = await server.run();
  const given = { id: process.env.AWS_ACCESS_KEY_ID, secret: process.env.AWS_SECRET_ACCESS_KEY };
  process.env.AWS_ACCESS_KEY_ID = 'S3RVER';
  process.env.AWS_SECRET_ACCESS_KEY = 'S3RVER';
  const drop = async () => {
    process.env.AWS_ACCESS_KEY_ID = given.id ?? '';
    process.env.AWS_SECRET_ACCESS_KEY = given.secret ?? '';
    await server.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { address: `s3://${name}?endpoint=http://127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/${name}`, drop };
}
