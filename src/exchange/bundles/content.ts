import type { Readable } from 'node:stream';
import { z } from 'zod';
import { notFound, refused } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import { BundleId } from './model.ts';
import { bundleSetting, linkIsOurs } from './setting.ts';

const SECOND_MS = 1_000;

/** Query of `GET /v1/evidence/bundles/:bundleId/content`. */
export const BundleContentQuery = z.object({
  expires: z.coerce.number().int().min(0),
  signature: z.string().max(100),
});

export interface BundleDownload {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/**
 * The archive for the holder of a signed link.
 * @throws Refused for a link that is not ours or is over, and for a bundle that is not there any more
 */
export async function serveBundle(
  q: Queryable,
  bundleId: string,
  { expires, signature }: z.output<typeof BundleContentQuery>,
): Promise<BundleDownload> {
  if (!BundleId.safeParse(bundleId).success || !linkIsOurs({ bundleId, expires }, signature)) throw notFound();
  if (Date.now() >= expires * SECOND_MS)
    throw refused(
      'rule',
      'HS-10.62',
      text('下载链接已过期', 'The download link is over'),
      text('该链接的有效时间已过。', 'The time of this link is over.'),
      text('请在司法包页面重新下载。', 'Download it anew from the page of the bundle.'),
    );
  const row = await q
    .selectFrom('evidence_bundle')
    .select(['object_id', 'bytes', 'sha256'])
    .where('id', '=', bundleId)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  if (!row?.object_id) throw notFound();
  return {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(row.bytes),
      'content-disposition': `attachment; filename="${bundleId}.zip"`,
      etag: `"${row.sha256}"`,
      'repr-digest': `sha-256=:${Buffer.from(row.sha256 ?? '', 'hex').toString('base64')}:`,
      'cache-control': 'private, no-store',
    },
    body: await bundleSetting().vault.open(row.object_id),
  };
}
