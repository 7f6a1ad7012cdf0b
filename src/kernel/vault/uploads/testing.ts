import fastify, { type FastifyInstance } from 'fastify';
import { type Actor, ANONYMOUS, REFUSAL_STATUS, Refused } from '../../acts/index.ts';
import type { Database } from '../../database/index.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import type { Vault } from '../types.ts';
import { openVault } from '../vault.ts';
import { registerUploads } from './http.ts';

export const person = (partyId: string, roles: readonly string[]): Actor => ({
  kind: 'person',
  personId: `psn_${partyId}`,
  partyId,
  roles,
  scopes: null,
  secondFactor: false,
});

/** A server that takes uploads; who asks is named by the authorisation header. */
export async function uploadServer(
  db: Database,
  dataFolder: string,
  { bytesMax, actors }: { readonly bytesMax: number; readonly actors: Readonly<Record<string, Actor>> },
): Promise<{ readonly vault: Vault; readonly app: FastifyInstance; readonly base: string }> {
  const vault = await openVault({ db, dataFolder });
  const app = fastify();
  app.setErrorHandler((error, _, reply) => {
    if (!(error instanceof Refused)) throw error;
    return reply.code(REFUSAL_STATUS[error.refusal.kind]).send(error.refusal);
  });
  await registerUploads(app, {
    kernel: { db, rulebook: loadRulebook() },
    vault,
    bytesMax,
    authenticate: async (request) => actors[request.headers.authorization ?? ''] ?? ANONYMOUS,
  });
  return { vault, app, base: `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1/uploads` };
}
