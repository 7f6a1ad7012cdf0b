import { z } from 'zod';
import { type Act, act, notFound, refused, role } from '../../kernel/acts/index.ts';
import { newId } from '../../kernel/ids.ts';
import { getDataset } from '../../kernel/vault/index.ts';
import { getParty, PartyId, registeredEntity } from '../parties/index.ts';
import { directoryActs, lockDirectory, numberTaken } from './acts-directory.ts';
import { dictionaryOf, type EntryInput } from './entry.ts';
import { findingFacts, findingsAnswered, gradedBySize } from './findings.ts';
import { importActs } from './import/acts.ts';
import { recordSnapshot } from './import/snapshot.ts';
import { AuthorisationId, DictionaryInput, GRADES, OPENINGS, ResourceId, resourceLife, SOURCES } from './model.ts';
import { openingActs } from './opening/acts.ts';
import * as rules from './rules.ts';
import * as directory from './rules-directory.ts';
import { dataValues, entryFacts, entryValues, holderFacts, keepVersion, lockEntry } from './store.ts';
import { takeUse } from './taking.ts';
import { approvedByBoth, endedByProcedure, underAgreement } from './use-rules.ts';

const COLUMNS_MAX = 500;
const Reason = z.string().trim().min(2).max(1_000);
const HOLDERS = ['data-provider', 'data-merchant', 'operating-unit'];

const Registration = z.object({
  title: z.string().trim().min(2).max(80),
  summary: z.string().trim().min(2).max(2_000),
  source: z.enum(SOURCES),
  sourceStatement: z.string().trim().max(2_000),
  agreement: z.string().trim().max(300).optional(),
  sector: z.string().trim().min(1).max(60),
  classification: z.object({ class: z.string().trim().max(60), grade: z.enum(GRADES) }),
  containsPersonalInformation: z.boolean(),
  consentBasis: z.string().trim().max(1_000).optional(),
  updateFrequency: z.string().trim().min(1).max(40),
  coverage: z.object({
    region: z.string().trim().min(1).max(100),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
  }),
  opening: z.enum(OPENINGS).optional(),
  conditions: z.string().trim().max(1_000).optional(),
  /** Number in the directory of the department. */
  number: z.string().trim().min(1).max(64).optional(),
  office: z.string().trim().max(80).optional(),
  zone: z.string().trim().max(40).optional(),
  datasetId: z.string().max(60),
  columns: z.array(DictionaryInput).min(1).max(COLUMNS_MAX),
  /** Why what looks like personal data is none, or need not be marked. */
  findingsStatement: z.string().trim().max(1_000).optional(),
});

/** 资源登记: describes a dataset so that it can be found, judged and authorised. */
export const register = act({
  name: 'resource.register',
  title: { zh: '资源登记', en: 'Register a resource' },
  by: role(...HOLDERS),
  input: Registration,
  output: z.object({ resourceId: ResourceId }),
  rules: [
    registeredEntity,
    rules.protectedByClass,
    rules.classifiedResource,
    rules.classifiedForExport,
    rules.coreNeverRegistered,
    rules.sourceExplained,
    rules.personalLawful,
    rules.personalVoluntary,
    rules.sensitiveAuthorised,
    findingsAnswered,
    gradedBySize,
    rules.openingStated,
    rules.holderRight,
    rules.publicProvider,
    rules.dictionaryComplete,
    directory.neverPublicPersonal,
    directory.importantNeverUnconditional,
    directory.zoneKnown,
    directory.numberOnce,
    directory.utilitiesInDirectory,
    directory.directoryStandard,
  ],
  facts: async ({ tx, actor, input }) => {
    const holder = await holderFacts(tx, actor);
    const dataset = await getDataset(tx, input.datasetId);
    if (!dataset || dataset.partyId !== holder.holderId) throw notFound();
    if (dataset.state !== 'ready' || dataset.objectId === null) {
      throw refused(
        'state',
        'HS-3.22',
        { zh: '数据集尚未就绪', en: 'The dataset is not ready' },
        { zh: '数据集仍在处理，或处理失败。', en: 'The dataset is still being read, or could not be read.' },
        { zh: '请等待处理完成，或重新上传。', en: 'Wait until it is ready, or upload it again.' },
      );
    }
    const named = input.columns.map((c) => c.name);
    const present = new Set(dataset.columns.map((c) => c.name));
    if (input.number !== undefined) await lockDirectory(tx, holder.holderId);
    const entry = entryFrom(input);
    return {
      ...holder,
      ...entryFacts(entry),
      ...findingFacts(dataset, {
        columns: input.columns,
        personal: input.containsPersonalInformation,
        statement: input.findingsStatement,
        grade: input.classification.grade,
      }),
      entry,
      dataset,
      sourceStatement: input.sourceStatement,
      agreement: input.agreement ?? null,
      opening: input.opening ?? null,
      number: input.number ?? '',
      numberTaken: input.number !== undefined && (await numberTaken(tx, holder.holderId, input.number)),
      dictionary: {
        missing: [...present].filter((name) => !named.includes(name)),
        extra: named.filter((name) => !present.has(name)),
        repeated: named.filter((name, i) => named.indexOf(name) !== i),
      },
    };
  },
  perform: async ({ tx, actor, input, facts: { entry, dataset, holderId, publicData }, at }) => {
    const types = new Map(dataset.columns.map((c) => [c.name, c.type]));
    const columns = dictionaryOf(entry.columns, (name) => types.get(name));
    const resourceId = newId('res');
    await tx
      .insertInto('resource')
      .values({
        ...entryValues(entry, columns),
        ...dataValues(dataset, { columns, frequency: entry.updateFrequency, at }),
        id: resourceId,
        holder_id: holderId,
        state: 'registered',
        number: input.number ?? null,
        opening: input.opening ?? null,
        public_data: publicData,
        responsible_id: actor.personId,
        registered_at: at,
        withdrawn_at: null,
        withdrawal_reason: null,
      })
      .execute();
    await keepVersion(
      tx,
      { id: resourceId, holderId, version: 1 },
      { event: 'register', changed: [], entry, personId: actor.personId, at },
    );
    return { resourceId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.resourceId,
    public: true,
    open: {
      source: input.source,
      grade: input.classification.grade,
      containsPersonalInformation: input.containsPersonalInformation,
      opening: input.opening ?? null,
    },
    sealed: {
      title: input.title,
      class: input.classification.class,
      sourceStatement: input.sourceStatement,
      consentBasis: input.consentBasis ?? null,
      found: facts.found,
      findingsStatement: input.findingsStatement ?? null,
    },
  }),
});

/** A registration as an entry of the catalogue; what a company holds has no number and need not be open. */
function entryFrom(input: z.output<typeof Registration>): EntryInput {
  const { classification, coverage, agreement } = input;
  return {
    ...input,
    number: input.number ?? '',
    class: classification.class,
    grade: classification.grade,
    opening: input.opening ?? 'paid',
    region: coverage.region,
    coversFrom: coverage.from,
    coversTo: coverage.to,
    sourceStatement: agreement ? `${input.sourceStatement}（${agreement}）` : input.sourceStatement,
  };
}

/** 授权使用: the holder lets another party make products from the resource, for one purpose and a time. */
export const authorise = act({
  name: 'resource.authorise',
  title: { zh: '授权使用资源', en: 'Authorise the use of a resource' },
  by: role(...HOLDERS),
  input: z.object({
    resourceId: ResourceId,
    partyId: PartyId,
    purpose: z.string().trim().min(2).max(500),
    validUntil: z.iso.datetime({ offset: true }),
  }),
  output: z.object({ authorisationId: AuthorisationId }),
  rules: [registeredEntity, underAgreement, approvedByBoth, rules.oneScenarioOneApplication, rules.authorisationEnds],
  facts: async ({ tx, actor, input, at }) => {
    const resource = await lockEntry(tx, input.resourceId, actor.partyId);
    resourceLife.move(resource.state, 'authorise');
    const grantee = await getParty(tx, input.partyId);
    if (!grantee) throw notFound();
    const living = await tx
      .selectFrom('resource_authorisation')
      .select('id')
      .where('resource_id', '=', resource.id)
      .where('party_id', '=', grantee.id)
      .where('purpose', '=', input.purpose)
      .where('revoked_at', 'is', null)
      .where('valid_until', '>', at)
      .executeTakeFirst();
    return {
      resourceId: resource.id,
      granteeId: grantee.id,
      partyState: grantee.state,
      publicData: resource.public_data,
      livingSamePurpose: living !== undefined,
      validUntil: new Date(input.validUntil).toISOString(),
      now: at.toISOString(),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const authorisationId = newId('aut');
    await tx
      .insertInto('resource_authorisation')
      .values({
        id: authorisationId,
        resource_id: facts.resourceId,
        party_id: facts.granteeId,
        purpose: input.purpose,
        valid_until: new Date(facts.validUntil),
        granted_at: at,
        revoked_at: null,
        revocation_reason: null,
      })
      .execute();
    return { authorisationId };
  },
  entry: ({ input, facts, result }) => ({
    subject: input.resourceId,
    sealed: {
      authorisation: result.authorisationId,
      grantee: input.partyId,
      validUntil: facts.validUntil,
      purpose: input.purpose,
    },
    parties: [input.partyId],
  }),
});

/** 撤销授权: products that rest on it can no longer be built or listed. */
export const revoke = act({
  name: 'resource.revoke-authorisation',
  title: { zh: '撤销授权', en: 'Revoke an authorisation' },
  by: role(...HOLDERS),
  input: z.object({ authorisationId: AuthorisationId, reason: Reason }),
  output: z.object({ authorisationId: AuthorisationId }),
  rules: [endedByProcedure],
  facts: async ({ tx, actor, input }) => {
    const row = await tx
      .selectFrom('resource_authorisation')
      .selectAll()
      .where('id', '=', input.authorisationId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    const resource = await lockEntry(tx, row.resource_id, actor.partyId);
    if (row.revoked_at) {
      throw refused(
        'state',
        'HS-3.20',
        { zh: '授权已撤销', en: 'The authorisation is revoked' },
        { zh: '该授权此前已经撤销。', en: 'This authorisation was revoked before.' },
        { zh: '无需再次办理。', en: 'Nothing is left to do.' },
      );
    }
    return { resourceId: resource.id, granteeId: row.party_id, byProcedure: row.agreement_id !== null };
  },
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('resource_authorisation')
      .set({ revoked_at: at, revocation_reason: input.reason })
      .where('id', '=', input.authorisationId)
      .execute();
    return { authorisationId: input.authorisationId };
  },
  entry: ({ input, facts }) => ({
    subject: facts.resourceId,
    sealed: { authorisation: input.authorisationId, reason: input.reason },
    parties: [facts.granteeId],
  }),
});

/** 注销登记: no new authorisation and no new product; what was sold stays sold. */
export const withdraw = act({
  name: 'resource.withdraw',
  title: { zh: '注销资源登记', en: 'Withdraw a resource' },
  by: role(...HOLDERS),
  input: z.object({ resourceId: ResourceId, reason: Reason }),
  output: z.object({ resourceId: ResourceId, state: z.string() }),
  facts: async ({ tx, actor, input }) => {
    const resource = await lockEntry(tx, input.resourceId, actor.partyId);
    return { next: resourceLife.move(resource.state, 'withdraw'), version: resource.version };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at }) => {
    await tx
      .updateTable('resource')
      .set((e) => ({
        state: facts.next,
        withdrawn_at: at,
        withdrawal_reason: input.reason,
        version: e('version', '+', 1),
      }))
      .where('id', '=', input.resourceId)
      .execute();
    return { resourceId: input.resourceId, state: facts.next };
  },
  entry: ({ input }) => ({ subject: input.resourceId, public: true, sealed: { reason: input.reason } }),
});

export const acts: readonly Act[] = [
  register,
  authorise,
  revoke,
  withdraw,
  takeUse,
  ...directoryActs,
  ...importActs,
  recordSnapshot,
  ...openingActs,
];
