import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { BundleContentQuery, serveBundle } from '../../exchange/bundles/index.ts';
import {
  OPEN_FORMATS,
  OPENING_LIMITS,
  type OpenContent,
  OpeningApplicationId,
  ResourceId,
  serveGranted,
  serveOpen,
} from '../../exchange/catalog/index.ts';
import { announcements, certificateJson, certificatePdf } from '../../exchange/certificates/index.ts';
import { ContentQuery, renderingOf, serveContent } from '../../exchange/delivery/index.ts';
import { disclosurePack } from '../../exchange/disclosure/index.ts';
import { type Actor, type Kernel, notFound, withinScopes } from '../../kernel/acts/index.ts';
import { policyFile, policyOf, type TileStore, verifierPage } from '../../kernel/evidence/index.ts';
import { receiptEntry, receiptProof } from '../../kernel/evidence/reads.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { type FileViewer, readableFile, type Vault } from '../../kernel/vault/index.ts';
import { logRoutes } from './log.ts';

type Authenticate = (request: FastifyRequest) => Promise<Actor>;

const RECEIPT = '/v1/receipts/:receiptId(^rct_[0-9a-z]{26}$)';
const DISCLOSURE = '/v1/disclosures/:disclosureId(^dsc_[0-9a-z]{26}$)';
const CERTIFICATE = '/v1/certificates/:certificateId(^cer_[0-9a-z]{26}$)';

/** The public log (C2SP tlog-tiles), and the proof and the exact entry of a receipt. */
export function evidenceRoutes(
  app: FastifyInstance,
  kernel: Kernel,
  store: TileStore,
  authenticate: Authenticate,
): void {
  logRoutes(app, kernel, store);
  app.get<{ Params: { receiptId: string } }>(`${RECEIPT}.tlog-proof`, async (request, reply) => {
    const proof = await receiptProof(
      kernel.db,
      withinScopes(await authenticate(request), 'read.receipts'),
      request.params.receiptId,
    );
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', `attachment; filename="${request.params.receiptId}.tlog-proof"`)
      .send(proof);
  });
  app.get<{ Params: { receiptId: string } }>(`${RECEIPT}/entry`, async (request, reply) => {
    const entry = await receiptEntry(
      kernel.db,
      withinScopes(await authenticate(request), 'read.receipts'),
      request.params.receiptId,
    );
    return reply
      .type('application/json')
      .header('content-disposition', `attachment; filename="${request.params.receiptId}.json"`)
      .header('cache-control', 'no-store')
      .send(entry);
  });
}

/** The static verifier with this log's key in it, to keep and pass on. */
export function verifierRoute(app: FastifyInstance, kernel: Kernel): void {
  app.get('/verify.html', async (_, reply) => {
    const trust = await policyFile(kernel.db);
    const carried = trust === undefined ? undefined : { trust, announcements: await announcements(kernel.db) };
    const page = await verifierPage(carried, new Date());
    if (page === undefined) throw notFound();
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policyOf(page))
      .header('cache-control', 'no-cache')
      .send(page);
  });
}

/** A certificate as people print it and as machines read it. */
export function certificateRoutes(
  app: FastifyInstance,
  kernel: Kernel,
  publicUrl: () => string,
  authenticate: Authenticate,
): void {
  app.get<{ Params: { certificateId: string } }>(`${CERTIFICATE}.json`, async (request, reply) => {
    const json = await certificateJson(
      kernel.db,
      withinScopes(await authenticate(request), 'read.certificates'),
      request.params.certificateId,
    );
    return reply.type('application/json').header('cache-control', 'no-store').send(json);
  });
  app.get<{ Params: { certificateId: string } }>(`${CERTIFICATE}.pdf`, async (request, reply) => {
    const pdf = await certificatePdf(
      kernel.db,
      withinScopes(await authenticate(request), 'read.certificates'),
      request.params.certificateId,
      publicUrl(),
    );
    return reply
      .type('application/pdf')
      .header('content-disposition', `inline; filename="${request.params.certificateId}.pdf"`)
      .header('cache-control', 'no-store')
      .send(pdf);
  });
}

/** Papers, as they came: for their owner and for whoever a room lets read them. Never shown in place, whatever they are. */
export function paperRoutes(
  app: FastifyInstance,
  kernel: Kernel,
  vault: Vault,
  viewers: readonly FileViewer[],
  authenticate: Authenticate,
): void {
  app.get<{ Params: { fileId: string } }>('/v1/files/:fileId/content', async (request, reply) => {
    const actor = withinScopes(await authenticate(request), 'read.files');
    const file = await readableFile(kernel.db, actor, request.params.fileId, viewers);
    return reply
      .type('application/octet-stream')
      .header('content-length', file.bytes ?? undefined)
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
      .header('cache-control', 'no-store')
      .send(await vault.open(file.objectId));
  });
}

/** The pack of a yearly disclosure, for anybody. */
export function disclosureRoutes(app: FastifyInstance, kernel: Kernel): void {
  app.get<{ Params: { disclosureId: string } }>(`${DISCLOSURE}.zip`, async (request, reply) => {
    const { name, zip } = await disclosurePack(kernel.db, request.params.disclosureId);
    return reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-cache')
      .send(Buffer.from(zip));
  });
}

/** Court bundles, by short-lived signed links. */
export function bundleRoutes(app: FastifyInstance, kernel: Kernel): void {
  app.get<{ Params: { bundleId: string } }>('/v1/evidence/bundles/:bundleId/content', async (request, reply) => {
    const query = BundleContentQuery.safeParse(request.query);
    if (!query.success) throw notFound();
    const { headers, body } = await serveBundle(kernel.db, request.params.bundleId, query.data);
    // A fault on the way must look like a broken transfer, not like the end of the file.
    body.once('error', () => reply.raw.destroy());
    return reply.headers(headers).send(body);
  });
}

const OpenQuery = z.object({ format: z.enum(OPEN_FORMATS).default('csv') });

/** Data that are open: without conditions to anybody, under conditions to whoever was granted them. */
export function openingRoutes(app: FastifyInstance, kernel: Kernel, vault: Vault, authenticate: Authenticate): void {
  const source = { kernel, vault, renderingOf };
  const { value: max } = valueAt(OPENING_LIMITS.downloads, new Date());
  const config = { rateLimit: { max, timeWindow: '1 minute' } };
  const send = (reply: FastifyReply, { headers, body }: OpenContent) => {
    // A fault on the way must look like a broken transfer, not like the end of the file.
    body.once('error', () => reply.raw.destroy());
    return reply.headers(headers).send(body);
  };
  app.get<{ Params: { resourceId: string } }>(
    '/v1/resources/:resourceId/content',
    { config },
    async (request, reply) => {
      const query = OpenQuery.safeParse(request.query);
      if (!query.success || !ResourceId.safeParse(request.params.resourceId).success) throw notFound();
      return send(reply, await serveOpen(source, request.params.resourceId, query.data.format));
    },
  );
  app.get<{ Params: { applicationId: string } }>(
    '/v1/openings/:applicationId/content',
    { config },
    async (request, reply) => {
      const query = OpenQuery.safeParse(request.query);
      const { applicationId } = request.params;
      if (!query.success || !OpeningApplicationId.safeParse(applicationId).success) throw notFound();
      const actor = withinScopes(await authenticate(request), 'read.openings');
      return send(reply, await serveGranted(source, actor, applicationId, query.data.format));
    },
  );
}

/** Delivered files, by short-lived signed links; a HEAD request tells size and hash. */
export function deliveryRoutes(app: FastifyInstance, kernel: Kernel): void {
  app.route<{ Params: { deliveryId: string } }>({
    method: ['GET', 'HEAD'],
    url: '/v1/deliveries/:deliveryId/content',
    handler: async (request, reply) => {
      const query = ContentQuery.safeParse(request.query);
      if (!query.success) throw notFound();
      const answer = await serveContent(kernel, {
        deliveryId: request.params.deliveryId,
        query: query.data,
        method: request.method === 'HEAD' ? 'HEAD' : 'GET',
        range: request.headers.range,
        ifRange: header(request, 'if-range'),
        ifNoneMatch: header(request, 'if-none-match'),
      });
      reply.code(answer.status).headers(answer.headers);
      // A grant revoked on the way must look like a broken transfer, not like the end of the file.
      answer.body?.once('error', () => reply.raw.destroy());
      return reply.send(answer.body ?? undefined);
    },
  });
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
