import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { isMissing, openS3Place } from '../../s3.ts';
import { vaultFailures } from './failures.ts';
import { inPieces } from './frames.ts';
import type { BlobStore } from './store.ts';

/** Parts of one upload: at most 10,000 of at least 5 MiB, so an object may have 80 GB. */
const PART_BYTES = 8 * 1024 ** 2;

/**
 * Objects in an S3 bucket: `s3://bucket?endpoint=https://…&region=…&prefix=…`. Parts are sent as they come, so memory
 * holds one part.
 * @throws OperatorError when the address is not right or the bucket cannot be reached
 */
export async function s3Store(address: string): Promise<BlobStore> {
  const { client, Bucket, prefix } = await openS3Place(address, 'OBJECT_STORE');
  const keyOf = (key: string) => `${prefix}${key}`;
  return {
    put: (key, content) => put(client, Bucket, keyOf(key), content),
    open: async (key, range) => {
      try {
        const answer = await client.send(
          new GetObjectCommand({
            Bucket,
            Key: keyOf(key),
            ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
          }),
        );
        return answer.Body as Readable;
      } catch (error) {
        throw isMissing(error) ? vaultFailures.missing(key) : error;
      }
    },
    size: async (key) => {
      try {
        return (await client.send(new HeadObjectCommand({ Bucket, Key: keyOf(key) }))).ContentLength ?? 0;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    remove: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(key) }));
    },
    list: async function* () {
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(ContinuationToken ? { ContinuationToken } : {}) }),
        );
        for (const { Key, LastModified } of page.Contents ?? []) {
          if (Key) yield { key: Key.slice(prefix.length), modifiedAt: LastModified ?? new Date() };
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
    },
  };
}

const isFullAnswer = (error: unknown): boolean =>
  error instanceof Error && /QuotaExceeded|StorageFull|InsufficientStorage|EntityTooLarge/.test(error.name);

async function put(client: S3Client, Bucket: string, Key: string, content: AsyncIterable<Buffer>): Promise<void> {
  let UploadId: string | undefined;
  const parts: { PartNumber: number; ETag: string | undefined }[] = [];
  try {
    let held: Buffer | undefined;
    for await (const piece of inPieces(content, PART_BYTES)) {
      if (held) {
        UploadId ??= (await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId;
        parts.push(await sendPart(client, { Bucket, Key, UploadId }, parts.length + 1, held));
      }
      held = piece;
    }
    const last = held ?? Buffer.alloc(0);
    if (!UploadId) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: last, ContentLength: last.length }));
      return;
    }
    parts.push(await sendPart(client, { Bucket, Key, UploadId }, parts.length + 1, last));
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
  } catch (error) {
    if (UploadId) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
    throw isFullAnswer(error) ? vaultFailures.full() : error;
  }
}

async function sendPart(
  client: S3Client,
  target: { Bucket: string; Key: string; UploadId: string | undefined },
  PartNumber: number,
  Body: Buffer,
): Promise<{ PartNumber: number; ETag: string | undefined }> {
  const { ETag } = await client.send(
    new UploadPartCommand({ ...target, PartNumber, Body, ContentLength: Body.length }),
  );
  return { PartNumber, ETag };
}
