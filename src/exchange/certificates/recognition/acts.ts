import { sql } from 'kysely';
import { z } from 'zod';
import { getParty } from '../../../kernel/access/index.ts';
import { type Act, act, notFound, role } from '../../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { FileId, relyOnFile } from '../../../kernel/vault/index.ts';
import { getResource } from '../../catalog/index.ts';
import { getProduct } from '../../products/index.ts';
import { Day } from '../model.ts';
import { field, Reason, registryActs, registryFacts, registryOf } from './acts-registry.ts';
import {
  END_NAMES,
  IMPORT_KINDS,
  type ImportedCertificateTable,
  ImportId,
  importLife,
  NumberText,
  REFUSAL_NAMES,
  RESTRICTION_NAMES,
  RegistryId,
  RIGHT_NAMES,
} from './model.ts';
import {
  crossReferenced,
  type DuplicateFacts,
  goodReason,
  holderIsParty,
  recognisedOnce,
  registrable,
  rightsOfKind,
  supportOf,
} from './rules.ts';
import {
  ipRegistry,
  registryNumber,
  registryRecognised,
  rightsNumber,
  type StatedFacts,
  stillValid,
  validAtMost,
} from './rules-stated.ts';

const HOLDERS = ['data-merchant', 'operating-unit', 'data-provider'];
/** Papers of a right are kept as long as registries keep theirs. */
const RETAIN_YEARS = 20;

interface Owned {
  readonly title: string;
  readonly publicResource: boolean;
}

/** What the certificate is about, when it is the party's own. @throws notFound */
async function ownSubject(q: Queryable, id: string, partyId: string | null): Promise<Owned> {
  const found = id.startsWith('res_') ? await getResource(q, id) : await getProduct(q, id);
  if (!found || partyId === null || found.holder_id !== partyId) throw notFound();
  return { title: found.title, publicResource: id.startsWith('res_') && found.public_data };
}

/** 提交外部登记证书: a certificate of data IP or data rights that another body issued, with its paper. */
const importCertificate = act({
  name: 'certificate.import',
  title: text('提交外部登记证书', 'Bring a certificate issued elsewhere'),
  by: role(...HOLDERS),
  input: z.object({
    subjectId: z
      .string()
      .regex(/^(res|prd)_[0-9a-hjkmnp-tv-z]{26}$/)
      .meta({ ...field('标的', 'Subject'), 'x-id': 'res|prd' }),
    registryId: RegistryId,
    kind: z.enum(IMPORT_KINDS).meta(field('证书种类', 'Kind')),
    number: NumberText.meta(field('证书编号', 'Number')),
    title: z.string().trim().min(2).max(200).meta(field('证书所载名称', 'Title on the certificate')),
    holderName: z.string().trim().min(2).max(120).meta(field('证书所载权利人', 'Holder on the certificate')),
    holderUscc: z
      .string()
      .trim()
      .regex(/^[0-9A-Z]{18}$/)
      .meta(field('统一社会信用代码', 'Unified social credit code')),
    rights: z.array(z.enum(RIGHT_NAMES)).min(1).max(RIGHT_NAMES.length).meta(field('所载权利', 'Rights')),
    issuedOn: Day.meta(field('发证日期', 'Issued on')),
    validUntil: Day.optional().meta(field('有效期至', 'Valid until')),
    fileId: FileId,
  }),
  output: z.object({ importId: ImportId }),
  rules: [
    registryRecognised,
    ipRegistry,
    registryNumber,
    rightsNumber,
    rightsOfKind,
    validAtMost,
    stillValid,
    holderIsParty,
    registrable,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const subject = await ownSubject(tx, input.subjectId, actor.partyId);
    const registry = await registryOf(tx, input.registryId);
    const party = await getParty(tx, actor.partyId ?? '');
    if (!party) throw notFound();
    const retainUntil = new Date(at);
    retainUntil.setUTCFullYear(retainUntil.getUTCFullYear() + RETAIN_YEARS);
    const file = await relyOnFile(tx, input.fileId, actor.partyId, retainUntil);
    return {
      partyId: party.id,
      registry: registryFacts(registry),
      stated: {
        kind: input.kind,
        number: input.number,
        issuedOn: input.issuedOn,
        validUntil: input.validUntil ?? null,
      } satisfies StatedFacts,
      rights: [...new Set(input.rights)],
      holder: { statedName: input.holderName, statedUscc: input.holderUscc, name: party.name, uscc: party.uscc },
      publicResource: subject.publicResource,
      today: beijingDay(at),
      file: { id: file.id, sha256: file.sha256 ?? '' },
    };
  },
  perform: async ({ tx, input, facts, at, actId }) => {
    const importId = newId('imp');
    await tx
      .insertInto('imported_certificate')
      .values({
        id: importId,
        party_id: facts.partyId,
        registry_id: input.registryId,
        kind: input.kind,
        number: input.number,
        title: input.title,
        holder_name: input.holderName,
        holder_uscc: input.holderUscc,
        subject_id: input.subjectId,
        rights: facts.rights,
        issued_on: input.issuedOn,
        valid_until: input.validUntil ?? null,
        file_id: facts.file.id,
        file_sha256: facts.file.sha256,
        state: importLife.first,
        restriction: 'none',
        ground: null,
        reason: null,
        imported_at: at,
        imported_act: actId,
        decided_at: null,
        decided_act: null,
        version: 1,
      })
      .execute();
    return { importId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.importId,
    sealed: { of: input.subjectId, registry: input.registryId, number: input.number, file: facts.file.sha256 },
  }),
});

async function lockImport(tx: Tx, importId: string): Promise<ImportedCertificateTable> {
  const row = await tx
    .selectFrom('imported_certificate')
    .selectAll()
    .where('id', '=', importId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** What the machine finds out about an import: duplicates, dates, the holder, the registration here. */
export async function checksOf(q: Queryable, row: ImportedCertificateTable, at: Date) {
  const { rows } = await sql<{ same: number; recognised: number; file: number }>`
    select count(*) filter (where number = ${row.number} and registry_id = ${row.registry_id})::int as same,
           count(*) filter (where number = ${row.number} and registry_id = ${row.registry_id} and state = 'recognised')::int as recognised,
           count(*) filter (where file_sha256 = ${row.file_sha256}
             and (number <> ${row.number} or registry_id <> ${row.registry_id} or party_id <> ${row.party_id}))::int as file
      from imported_certificate
     where id <> ${row.id} and (file_sha256 = ${row.file_sha256} or (number = ${row.number} and registry_id = ${row.registry_id}))`.execute(
    q,
  );
  const found = rows[0] ?? { same: 0, recognised: 0, file: 0 };
  const duplicates: DuplicateFacts = {
    sameNumber: found.same,
    sameNumberRecognised: found.recognised,
    sameFileElsewhere: found.file,
  };
  const registry = registryFacts(await registryOf(q, row.registry_id));
  const stated: StatedFacts = {
    kind: row.kind,
    number: row.number,
    issuedOn: row.issued_on,
    validUntil: row.valid_until,
  };
  const party = await getParty(q, row.party_id);
  const holder = {
    statedName: row.holder_name,
    statedUscc: row.holder_uscc,
    name: party?.name ?? '',
    uscc: party?.uscc ?? '',
  };
  return {
    duplicates,
    registry,
    stated,
    holder,
    today: beijingDay(at),
    registration: await registrationOf(q, row.subject_id),
  };
}

/** The receipt of the registration here that the certificate is recognised beside. */
async function registrationOf(q: Queryable, subjectId: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`select id from act_log where subject = ${subjectId}
    and name = any (${['resource.register', 'product.list']}::text[]) order by id desc limit 1`.execute(q);
  return rows[0]?.id.replace('act_', 'rct_') ?? null;
}

const isExpired = (stated: StatedFacts, today: string): boolean =>
  stated.validUntil !== null && stated.validUntil < today;

/** 认可外部登记证书: from now on the certificate stands beside the registration here, each naming the other (SH-13). */
const recogniseCertificate = act({
  name: 'certificate.recognise',
  title: text('认可外部登记证书', 'Recognise a certificate issued elsewhere'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    importId: ImportId,
    restriction: z
      .enum(RESTRICTION_NAMES)
      .default('none')
      .meta(field('证书备注的权利限制', 'Limit remarked on the certificate')),
    reason: Reason,
  }),
  output: z.object({ importId: ImportId, state: z.literal('recognised') }),
  rules: [registryRecognised, ipRegistry, stillValid, holderIsParty, recognisedOnce, crossReferenced],
  facts: async ({ tx, input, at }) => {
    const row = await lockImport(tx, input.importId);
    // Two certificates with one number are decided one after the other.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`import ${row.registry_id} ${row.number}`}, 0))`.execute(
      tx,
    );
    return {
      id: row.id,
      state: row.state,
      version: row.version,
      partyId: row.party_id,
      subjectId: row.subject_id,
      ...(await checksOf(tx, row, at)),
    };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at, actId }) => {
    const state = importLife.move(facts.state, 'recognise');
    await tx
      .updateTable('imported_certificate')
      .set({
        state,
        restriction: input.restriction,
        reason: input.reason,
        decided_at: at,
        decided_act: actId,
        version: facts.version + 1,
      })
      .where('id', '=', facts.id)
      .execute();
    return { importId: facts.id, state: 'recognised' as const };
  },
  entry: ({ input, facts }) => ({
    subject: facts.id,
    // Both ways: the number of the other registry, and the receipt of the registration here.
    sealed: {
      of: facts.subjectId,
      number: facts.stated.number,
      registration: facts.registration,
      restriction: input.restriction,
      reason: input.reason,
    },
    parties: [facts.partyId],
  }),
});

/** 不予认可: on one of the grounds of the list, which the holder reads with an explanation. */
const refuseCertificate = act({
  name: 'certificate.refuse',
  title: text('不予认可外部登记证书', 'Refuse a certificate issued elsewhere'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    importId: ImportId,
    ground: z.enum(REFUSAL_NAMES).meta(field('理由', 'Ground')),
    reason: Reason,
  }),
  output: z.object({ importId: ImportId, state: z.literal('refused') }),
  rules: [goodReason],
  facts: async ({ tx, input, at }) => {
    const row = await lockImport(tx, input.importId);
    const { duplicates, stated, holder, today } = await checksOf(tx, row, at);
    return {
      id: row.id,
      state: row.state,
      version: row.version,
      partyId: row.party_id,
      ground: input.ground,
      supported: supportOf(input.ground, {
        duplicates,
        expired: isExpired(stated, today),
        mismatch: holder.name !== holder.statedName || holder.uscc !== holder.statedUscc,
      }),
    };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at, actId }) => {
    await decide(tx, facts, importLife.move(facts.state, 'refuse'), input, at, actId);
    return { importId: facts.id, state: 'refused' as const };
  },
  entry: ({ input, facts }) => ({
    subject: facts.id,
    sealed: { ground: input.ground, reason: input.reason },
    parties: [facts.partyId],
  }),
});

/** 终止认可: the certificate was cancelled where it was issued, or its rights were decided otherwise. */
const endRecognition = act({
  name: 'certificate.end-recognition',
  title: text('终止认可', 'End the recognition of a certificate'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    importId: ImportId,
    ground: z.enum(END_NAMES).meta(field('理由', 'Ground')),
    reason: Reason,
  }),
  output: z.object({ importId: ImportId, state: z.literal('ended') }),
  facts: async ({ tx, input }) => {
    const row = await lockImport(tx, input.importId);
    return { id: row.id, state: row.state, version: row.version, partyId: row.party_id };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at, actId }) => {
    await decide(tx, facts, importLife.move(facts.state, 'end'), input, at, actId);
    return { importId: facts.id, state: 'ended' as const };
  },
  entry: ({ input, facts }) => ({
    subject: facts.id,
    sealed: { ground: input.ground, reason: input.reason },
    parties: [facts.partyId],
  }),
});

async function decide(
  tx: Tx,
  facts: { readonly id: string; readonly version: number },
  state: ImportedCertificateTable['state'],
  { ground, reason }: { readonly ground: string; readonly reason: string },
  at: Date,
  actId: string,
): Promise<void> {
  await tx
    .updateTable('imported_certificate')
    .set({ state, ground, reason, decided_at: at, decided_act: actId, version: facts.version + 1 })
    .where('id', '=', facts.id)
    .execute();
}

export const recognitionActs: readonly Act[] = [
  ...registryActs,
  importCertificate,
  recogniseCertificate,
  refuseCertificate,
  endRecognition,
];
