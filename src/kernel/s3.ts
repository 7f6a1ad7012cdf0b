import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { OperatorError } from './operator-error.ts';

const REGION_DEFAULT = 'us-east-1';

/** A place in an S3 service: every key begins with the prefix. */
export interface S3Place {
  readonly client: S3Client;
  readonly Bucket: string;
  readonly prefix: string;
}

/**
 * Reaches `s3://bucket?endpoint=https://…&region=…&prefix=…`. Who the server is comes from the usual AWS environment
 * variables.
 * @param setting the name of the setting that holds the address, for the operator
 * @throws OperatorError when the address is not right or the bucket cannot be reached
 */
export async function openS3Place(address: string, setting: string): Promise<S3Place> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 's3:' || !url.hostname) {
    throw new OperatorError(
      `${setting} 应为 s3://桶名?endpoint=…。${setting} must read s3://bucket?endpoint=…, not ${address}.`,
    );
  }
  const Bucket = url.hostname;
  const endpoint = url.searchParams.get('endpoint');
  const client = new S3Client({
    region: url.searchParams.get('region') ?? REGION_DEFAULT,
    // Other makers' services know neither bucket host names nor the newer checksums.
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch (error) {
    const reason = error instanceof Error ? error.name : String(error);
    throw new OperatorError(
      `无法访问对象存储 ${Bucket}（${reason}）。The bucket ${Bucket} cannot be reached (${reason}).`,
    );
  }
  return { client, Bucket, prefix: url.searchParams.get('prefix') ?? '' };
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && /^(NoSuchKey|NotFound)$/.test(error.name);
