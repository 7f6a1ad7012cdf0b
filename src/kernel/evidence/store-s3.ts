import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { isMissing, openS3Place, type S3Place } from '../s3.ts';
import type { DurableFile } from './durable.ts';
import { eachOf } from './each.ts';
import { formOf } from './layout.ts';
import type { TileStore } from './store.ts';

const PUTS_AT_ONCE = 16;
/** An answer that does not come must not hold the sequencer for ever; it tries again. */
const REQUEST_MS = 60_000;

/**
 * The log's files in an S3 bucket: `s3://bucket?endpoint=https://…&region=…&prefix=…`. A put is whole or not there by the
 * service's own promise, and the checkpoint comes last, so nothing conditional is needed. Objects carry the media type
 * and cache rule of tlog-tiles: a bucket that everybody may read is a mirror of the log as it stands.
 * @throws OperatorError when the address is not right or the bucket cannot be reached
 */
export async function s3TileStore(address: string): Promise<TileStore> {
  const place = await openS3Place(address, 'LOG_STORE');
  const { client, Bucket, prefix } = place;
  const putAll = (files: readonly DurableFile[]) => eachOf(files, PUTS_AT_ONCE, (file) => put(place, file));
  return {
    put: (path, bytes) => putAll([{ path, bytes }]),
    putAll,
    get: async (path) => {
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket, Key: prefix + path }), limited());
        return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    list: async function* () {
      for await (const keys of pages(place, '')) yield* keys.map((key) => key.slice(prefix.length));
    },
    removeFolder: async (folder) => {
      for await (const keys of pages(place, `${folder}/`)) {
        const Objects = keys.map((Key) => ({ Key }));
        if (Objects.length > 0)
          await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }), limited());
      }
    },
  };
}

const limited = () => ({ abortSignal: AbortSignal.timeout(REQUEST_MS) });

async function put({ client, Bucket, prefix }: S3Place, { path, bytes }: DurableFile): Promise<void> {
  const { mediaType, cacheControl } = formOf(path);
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key: prefix + path,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: mediaType,
      CacheControl: cacheControl,
    }),
    limited(),
  );
}

/** Keys below a folder, a page at a time. */
async function* pages({ client, Bucket, prefix }: S3Place, folder: string): AsyncGenerator<string[]> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix: prefix + folder,
        ...(ContinuationToken ? { ContinuationToken } : {}),
      }),
      limited(),
    );
    yield (page.Contents ?? []).flatMap(({ Key }) => (Key ? [Key] : []));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
}
