import { z } from 'zod';
import { partiesById } from '../../../kernel/access/index.ts';
import {
  type Actor,
  afterOf,
  anyone,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
} from '../../../kernel/acts/index.ts';
import type { Queryable } from '../../../kernel/database/index.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import { type Text, TextSchema, text } from '../../../kernel/text.ts';
import type { FileViewer } from '../../../kernel/vault/index.ts';
import { getResource } from '../../catalog/index.ts';
import { connectRightsEvidence, getProduct } from '../../products/index.ts';
import type { Recognised } from '../model.ts';
import { checksOf } from './acts.ts';
import {
  groundTitle,
  IMPORT_KIND_TITLES,
  IMPORT_KINDS,
  type ImportedCertificateTable,
  ImportId,
  importLife,
  RESTRICTIONS,
  RIGHTS,
} from './model.ts';
import { holderIsParty, recognisedOnce, registrable } from './rules.ts';
import { registryNumber, rightsNumber, stillValid, validAtMost } from './rules-stated.ts';

const supervises = (actor: Actor): boolean =>
  actor.kind === 'system' || actor.roles.some((r) => r === 'exchange' || r === 'regulator' || r === 'data-authority');
const receiptOf = (actId: string): string => actId.replace('act_', 'rct_');

const Registry = z.object({
  id: z.string(),
  name: z.string(),
  kinds: z.array(z.enum(IMPORT_KINDS)),
  kindTitles: z.array(TextSchema),
  numberFormat: z.string(),
  validYears: z.number().int().nullable(),
  basis: z.string(),
  recognisedAt: z.iso.datetime(),
  withdrawnAt: z.iso.datetime().nullable(),
  version: z.number().int(),
});

const registries = read({
  path: '/registries',
  title: text('认可的登记机构', 'Recognised registries'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(Registry),
  run: async ({ db, query }) => {
    const rows = await db
      .selectFrom('registry')
      .selectAll()
      .where('id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    return page(
      rows.map((r) => ({
        id: r.id,
        name: r.name,
        kinds: r.kinds,
        kindTitles: r.kinds.map((k) => IMPORT_KIND_TITLES[k]),
        numberFormat: r.number_format,
        validYears: r.valid_years,
        basis: r.basis,
        recognisedAt: r.recognised_at.toISOString(),
        withdrawnAt: r.withdrawn_at?.toISOString() ?? null,
        version: r.version,
      })),
      query.limit,
      (r) => r.id,
    );
  },
});

const Ref = z.object({ id: z.string(), name: z.string() });
const Item = z.object({
  id: ImportId,
  kind: z.enum(IMPORT_KINDS),
  kindTitle: TextSchema,
  number: z.string(),
  title: z.string(),
  registry: Ref,
  party: Ref,
  subject: z.object({ id: z.string(), title: z.string() }),
  rights: z.array(TextSchema),
  issuedOn: z.iso.date(),
  validUntil: z.iso.date().nullable(),
  /** Recognised, and its last day is over: it stands no more. */
  expired: z.boolean(),
  state: z.enum(importLife.states),
  stateTitle: TextSchema,
  restriction: TextSchema.nullable(),
  importedAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  ground: TextSchema.nullable(),
  /** The receipt of the decision, or of the import while there is none. */
  receiptId: z.string(),
  version: z.number().int(),
});

async function itemsOf(
  q: Queryable,
  rows: readonly ImportedCertificateTable[],
  at: Date,
): Promise<z.infer<typeof Item>[]> {
  const parties = await partiesById(
    q,
    rows.map((r) => r.party_id),
  );
  const ids = [...new Set(rows.map((r) => r.registry_id))];
  const found =
    ids.length === 0 ? [] : await q.selectFrom('registry').select(['id', 'name']).where('id', 'in', ids).execute();
  const names = new Map(found.map((r) => [r.id, r.name]));
  const titles = new Map<string, string>();
  for (const id of new Set(rows.map((r) => r.subject_id))) titles.set(id, await titleOf(q, id));
  const today = beijingDay(at);
  return rows.map((r) => ({
    id: r.id,
    kind: r.kind,
    kindTitle: IMPORT_KIND_TITLES[r.kind],
    number: r.number,
    title: r.title,
    registry: { id: r.registry_id, name: names.get(r.registry_id) ?? '' },
    party: { id: r.party_id, name: parties.get(r.party_id)?.name ?? '' },
    subject: { id: r.subject_id, title: titles.get(r.subject_id) ?? '' },
    rights: r.rights.map((right) => RIGHTS[right]),
    issuedOn: r.issued_on,
    validUntil: r.valid_until,
    expired: r.valid_until !== null && r.valid_until < today,
    state: r.state,
    stateTitle: importLife.title(r.state),
    restriction: r.restriction === 'none' ? null : RESTRICTIONS[r.restriction],
    importedAt: r.imported_at.toISOString(),
    decidedAt: r.decided_at?.toISOString() ?? null,
    ground: r.ground === null ? null : groundTitle(r.ground),
    receiptId: receiptOf(r.decided_act ?? r.imported_act),
    version: r.version,
  }));
}

async function titleOf(q: Queryable, id: string): Promise<string> {
  const found = id.startsWith('res_') ? await getResource(q, id) : await getProduct(q, id);
  return found?.title ?? id;
}

const list = read({
  path: '/imported-certificates',
  title: text('外部登记证书', 'Certificates issued elsewhere'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({
    subjectId: z.string().max(40).optional(),
    partyId: z.string().max(40).optional(),
    state: z.enum(importLife.states).optional(),
    number: z.string().max(40).optional(),
  }),
  output: pageOf(Item),
  run: async ({ db, actor, query, at }) => {
    const rows = await db
      .selectFrom('imported_certificate')
      .selectAll()
      // The public sees what is recognised; what is not decided or was refused is between holder and exchange.
      .$if(!supervises(actor), (q) =>
        q.where((e) => e.or([e('state', '=', 'recognised'), e('party_id', '=', actor.partyId ?? '')])),
      )
      .$if(query.subjectId !== undefined, (q) => q.where('subject_id', '=', query.subjectId ?? ''))
      .$if(query.partyId !== undefined, (q) => q.where('party_id', '=', query.partyId ?? ''))
      .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'submitted'))
      .$if(query.number !== undefined, (q) => q.where('number', '=', query.number ?? ''))
      .where('id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return { items: await itemsOf(db, items, at), nextCursor };
  },
});

const Check = z.object({ title: TextSchema, ok: z.boolean(), fact: TextSchema.nullable() });

const one = read({
  path: '/imported-certificates/:importId',
  title: text('外部登记证书详情', 'A certificate issued elsewhere'),
  by: anyone(),
  params: z.object({ importId: ImportId }),
  query: z.object({}),
  output: Item.extend({
    holder: z.object({ name: z.string(), uscc: z.string() }),
    /** For holder and supervisors. */
    dossier: z
      .object({
        fileId: z.string(),
        fileSha256: z.string(),
        reason: z.string().nullable(),
        importReceiptId: z.string(),
        registrationReceiptId: z.string().nullable(),
        /** What the machine found. */
        checks: z.array(Check),
      })
      .nullable(),
  }),
  run: async ({ db, actor, params, at }) => {
    const row = await db
      .selectFrom('imported_certificate')
      .selectAll()
      .where('id', '=', params.importId)
      .executeTakeFirst();
    const concerned =
      row !== undefined && (supervises(actor) || (actor.partyId !== null && row.party_id === actor.partyId));
    if (!row || !(concerned || row.state === 'recognised')) throw notFound();
    const [item] = await itemsOf(db, [row], at);
    if (!item) throw notFound();
    return {
      ...item,
      holder: { name: row.holder_name, uscc: row.holder_uscc },
      dossier: concerned ? await dossierOf(db, row, at, supervises(actor)) : null,
    };
  },
});

async function dossierOf(q: Queryable, row: ImportedCertificateTable, at: Date, all: boolean) {
  const facts = await checksOf(q, row, at);
  const resource = row.subject_id.startsWith('res_') ? await getResource(q, row.subject_id) : undefined;
  const rules = [
    registryNumber,
    rightsNumber,
    validAtMost,
    stillValid,
    holderIsParty,
    registrable,
    // Whether somebody else brought the same one is for the exchange to know.
    ...(all ? [recognisedOnce] : []),
  ];
  const whole = { ...facts, publicResource: resource?.public_data ?? false };
  return {
    fileId: row.file_id,
    fileSha256: row.file_sha256,
    reason: row.reason,
    importReceiptId: receiptOf(row.imported_act),
    registrationReceiptId: facts.registration,
    checks: rules.flatMap((r) => {
      const { decision } = r.evaluate(whole as never, at);
      if (decision.outcome === 'not-applicable') return [];
      const fact: Text | null = decision.outcome === 'violated' ? decision.fact : null;
      return { title: r.title, ok: decision.outcome === 'ok', fact };
    }),
  };
}

export const recognitionReads: readonly Read[] = [registries, list, one];

/** The exchange and its supervisors read the papers they decide on. */
export const importFileViewer: FileViewer = async (db, actor, file) => {
  if (!supervises(actor)) return false;
  const row = await db
    .selectFrom('imported_certificate')
    .select('id')
    .where('file_id', '=', file.id)
    .executeTakeFirst();
  return row !== undefined;
};

/** Certificates that stand today for a subject: recognised, in their time. */
async function standing(q: Queryable, subjectIds: readonly string[], at: Date): Promise<ImportedCertificateTable[]> {
  if (subjectIds.length === 0) return [];
  return q
    .selectFrom('imported_certificate')
    .selectAll()
    .where('subject_id', 'in', [...subjectIds])
    .where('state', '=', 'recognised')
    .where((e) => e.or([e('valid_until', 'is', null), e('valid_until', '>=', beijingDay(at))]))
    .orderBy('id')
    .execute();
}

/** What a certificate of this exchange says of those it recognises beside it (SH-13.2). */
export async function recognisedFor(q: Queryable, subjectId: string, at: Date): Promise<Recognised[]> {
  const rows = await standing(q, [subjectId], at);
  const items = await itemsOf(q, rows, at);
  return items.map((item, n) => ({
    importId: item.id,
    kind: item.kind,
    kindTitle: item.kindTitle,
    number: item.number,
    registry: item.registry.name,
    rights: item.rights.map((r) => r.zh),
    issuedOn: item.issuedOn,
    validUntil: item.validUntil,
    fileSha256: rows[n]?.file_sha256 ?? '',
    receiptId: item.receiptId,
  }));
}

connectRightsEvidence(async (q, subjectIds, at) =>
  (await standing(q, subjectIds, at)).map((r) => ({
    number: r.number,
    kind: r.kind,
    restriction: r.restriction === 'none' ? null : RESTRICTIONS[r.restriction],
  })),
);
