import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, type Actor, act, notFound, refused, role, signedIn, system } from '../../../kernel/acts/index.ts';
import { type CaseRow, lockCase, moveCase, oneAtATime, openCase } from '../../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../../kernel/database/index.ts';
import { canonical } from '../../../kernel/evidence/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { text } from '../../../kernel/text.ts';
import { getParty, registeredEntity } from '../../parties/index.ts';
import { consentCovers, consents, separateConsent } from '../consents.ts';
import { type Entry, RESOURCE_COLUMNS, ResourceId } from '../model.ts';
import { endUse, grantUse } from '../use.ts';
import { type OpeningApplication, OpeningApplicationId } from './model.ts';
import { openingApplication } from './procedure.ts';
import * as rules from './rules.ts';

const DAY_MS = 86_400_000;
const words = (zh: string, en: string) => z.string().trim().min(2).max(2_000).meta({ title: zh, 'x-title-en': en });

const openColumns = (resource: Entry): string[] => resource.columns.filter((c) => !c.sensitive).map((c) => c.name);

/** The end of a Beijing day. */
const endOfDay = (day: string): Date => new Date(Date.parse(`${day}T16:00:00Z`));

/** 申请有条件开放: what for, and how the conditions are met. */
const apply = act({
  name: 'opening.apply',
  title: text('申请有条件开放', 'Apply for conditional opening'),
  by: signedIn(),
  input: z.object({
    resourceId: ResourceId,
    purpose: words('用途', 'Purpose'),
    statement: words('符合开放条件的说明', 'How the conditions are met'),
    until: z.iso.date().meta({ title: '使用至', 'x-title-en': 'To be used until' }),
  }),
  output: z.object({ applicationId: OpeningApplicationId, caseId: z.string() }),
  rules: [registeredEntity, rules.openUnderConditions, rules.oneApplication, rules.openingTerm],
  facts: async ({ tx, actor, input, at }) => {
    const party = actor.partyId === null ? undefined : await getParty(tx, actor.partyId);
    const resource = await tx
      .selectFrom('resource')
      .select(RESOURCE_COLUMNS)
      .where('id', '=', input.resourceId)
      .executeTakeFirst();
    if (!party || !resource || resource.state === 'withdrawn' || !resource.public_data) throw notFound();
    if (resource.holder_id === party.id)
      throw refused(
        'state',
        'HS-18.14',
        text('本单位就是提供单位', 'The party holds it itself'),
        text('不能向自己申请。', 'Nobody applies to itself.'),
        text('请直接使用本单位的数据。', 'Use your own data.'),
      );
    await oneAtATime(tx, `opening ${resource.id} ${party.id}`);
    const { rows } = await sql<{ found: boolean }>`select exists (
      select from opening_application a join case_file c on c.id = a.case_id
        left join resource_authorisation r on r.id = a.authorisation_id
       where a.resource_id = ${resource.id} and a.applicant_id = ${party.id}
         and (c.closed_at is null or (r.revoked_at is null and r.valid_until > ${at}))) as found`.execute(tx);
    return {
      partyId: party.id,
      partyName: party.name,
      partyState: party.state,
      resource,
      opening: resource.opening,
      gathered: resource.object_id !== null,
      openColumns: openColumns(resource).length,
      applicationUnderWay: rows[0]?.found ?? false,
      termDays: Math.ceil((endOfDay(input.until).getTime() - at.getTime()) / DAY_MS),
    };
  },
  perform: async ({ tx, input, facts: { resource, partyId }, at, enqueue }) => {
    const applicationId = newId('opa');
    const row = await openCase(
      tx,
      {
        procedure: openingApplication,
        subjectId: applicationId,
        title: text(`开放申请：${resource.title}`, `Application: ${resource.title}`),
        parts: { applicant: [partyId], provider: [resource.holder_id], authority: await authorities(tx) },
      },
      { at, enqueue },
    );
    await tx
      .insertInto('opening_application')
      .values({
        id: applicationId,
        case_id: row.id,
        resource_id: resource.id,
        applicant_id: partyId,
        purpose: input.purpose,
        statement: input.statement,
        until: input.until,
        applied_at: at,
        decided_at: null,
        reason: null,
        authorisation_id: null,
      })
      .execute();
    return { applicationId, caseId: row.id };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.applicationId,
    sealed: { resource: facts.resource.id, purpose: input.purpose, until: input.until },
    parties: [facts.resource.holder_id],
  }),
});

async function authorities(q: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from party
    where state = 'admitted' and 'data-authority' = any (roles) order by id limit 20`.execute(q);
  return rows.map((r) => r.id);
}

interface InHand {
  readonly row: CaseRow;
  readonly application: OpeningApplication;
  readonly resource: Entry;
}
async function lockApplication(tx: Tx, actor: Actor, applicationId: string): Promise<InHand> {
  const application = await tx
    .selectFrom('opening_application')
    .selectAll()
    .where('id', '=', applicationId)
    .executeTakeFirst();
  if (!application) throw notFound();
  const row = await lockCase(tx, actor, application.case_id);
  const resource = await tx
    .selectFrom('resource')
    .select(RESOURCE_COLUMNS)
    .where('id', '=', application.resource_id)
    .executeTakeFirstOrThrow();
  return { row, application, resource };
}

/** 答复开放申请: with consent, a right to the columns that are not sensitive, until the day that was asked for. */
const decide = act({
  name: 'opening.decide',
  title: text('答复开放申请', 'Decide an application for opening'),
  by: role('data-provider'),
  input: z.object({
    applicationId: OpeningApplicationId,
    approve: z.boolean().meta({ title: '同意', 'x-title-en': 'Agree' }),
    reason: z.string().trim().max(2_000).default('').meta({ title: '理由', 'x-title-en': 'Reason' }),
  }),
  output: z.object({ applicationId: OpeningApplicationId, state: z.string() }),
  rules: [
    registeredEntity,
    rules.refusalReasoned,
    rules.openUnderConditions,
    rules.openingTerm,
    consentCovers,
    separateConsent,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    const { resource, application } = inHand;
    if (resource.holder_id !== actor.partyId) throw notFound();
    const applicant = await getParty(tx, application.applicant_id);
    const personal = input.approve && resource.contains_personal_information;
    const asked = {
      resourceId: resource.id,
      purpose: application.purpose,
      partyId: application.applicant_id,
    };
    const days = Math.ceil((endOfDay(application.until).getTime() - at.getTime()) / DAY_MS);
    return {
      ...inHand,
      partyState: applicant?.state ?? '',
      approve: input.approve,
      reason: input.reason,
      // What is refused needs no data and no term.
      opening: input.approve ? resource.opening : 'conditional',
      gathered: !input.approve || resource.object_id !== null,
      openColumns: input.approve ? openColumns(resource).length : 1,
      termDays: input.approve ? days : 1,
      needsConsent: personal,
      containsPersonalInformation: personal,
      consents: personal ? await consents().living(tx, asked) : 0,
      purposeAsked: application.purpose,
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, application, resource }, at, enqueue }) => {
    const event = input.approve ? 'grant' : 'refuse';
    const moved = await moveCase(tx, { procedure: openingApplication, row, event }, { at, enqueue });
    const authorisationId = input.approve
      ? await grantUse(
          tx,
          {
            agreementId: application.id,
            scenarioId: application.id,
            resourceId: resource.id,
            partyId: application.applicant_id,
            purpose: application.purpose,
            columns: openColumns(resource),
            rowFilter: [],
            validUntil: endOfDay(application.until),
            rowsMax: null,
            usesMax: null,
          },
          at,
        )
      : null;
    await tx
      .updateTable('opening_application')
      .set({ decided_at: at, reason: input.reason || null, authorisation_id: authorisationId })
      .where('id', '=', application.id)
      .execute();
    return { applicationId: application.id, state: moved.state };
  },
  entry: ({ facts: { application, resource }, input }) => ({
    subject: application.id,
    sealed: { approve: input.approve, reason: input.reason, resource: resource.id, until: application.until },
    parties: [application.applicant_id],
  }),
});

const withdraw = act({
  name: 'opening.withdraw',
  title: text('撤回开放申请', 'Withdraw an application for opening'),
  by: signedIn(),
  input: z.object({ applicationId: OpeningApplicationId }),
  output: z.object({ applicationId: OpeningApplicationId, state: z.string() }),
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    if (inHand.application.applicant_id !== actor.partyId) throw notFound();
    return inHand;
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { row, application }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: openingApplication, row, event: 'withdraw' }, { at, enqueue });
    return { applicationId: application.id, state: moved.state };
  },
  entry: ({ facts: { application, resource } }) => ({ subject: application.id, parties: [resource.holder_id] }),
});

/** 终止开放使用: the right ends at once; a running download is cut. */
const end = act({
  name: 'opening.end',
  title: text('终止开放使用', 'End a right from an opening'),
  by: role('data-provider'),
  input: z.object({ applicationId: OpeningApplicationId, reason: words('理由', 'Reason') }),
  output: z.object({ applicationId: OpeningApplicationId }),
  facts: async ({ tx, actor, input, at }) => {
    const inHand = await lockApplication(tx, actor, input.applicationId);
    if (inHand.resource.holder_id !== actor.partyId) throw notFound();
    const living = await tx
      .selectFrom('resource_authorisation')
      .select('id')
      .where('id', '=', inHand.application.authorisation_id ?? '')
      .where('revoked_at', 'is', null)
      .where('valid_until', '>', at)
      .executeTakeFirst();
    if (!living)
      throw refused(
        'state',
        'HS-3.20',
        text('没有有效的使用权限', 'There is no living right'),
        text('该申请没有获得同意，或权限已终止。', 'It was not granted, or the right has ended.'),
        text('无须办理。', 'Nothing is left to do.'),
      );
    return inHand;
  },
  perform: async ({ tx, input, facts: { application }, at }) => {
    await endUse(tx, application.id, at, input.reason);
    return { applicationId: application.id };
  },
  entry: ({ input, facts: { application } }) => ({
    subject: application.id,
    sealed: { reason: input.reason },
    parties: [application.applicant_id],
  }),
});

export interface DayCount {
  readonly resource: string;
  readonly format: string;
  readonly downloads: number;
  readonly bytes: number;
}

/** The counts of a day in the order their digest is made over. */
export async function countsOfDay(q: Queryable, day: string): Promise<DayCount[]> {
  const { rows } =
    await sql<DayCount>`select resource_id as resource, format, downloads::int as downloads, bytes::float8 as bytes
    from opening_download where day = ${day} order by resource_id collate "C", format collate "C"`.execute(q);
  return rows;
}
export const digestOf = (day: string, counts: readonly DayCount[]): string =>
  createHash('sha256')
    .update(canonical({ day, counts: counts.map((c) => ({ ...c })) }))
    .digest('hex');

/** 开放下载日结: the counts of a day, bound by one entry in the evidence; nobody's downloads are acts of their own. */
export const closeDay = act({
  name: 'opening.close-day',
  title: text('开放下载日结', 'Close a day of open downloads'),
  by: system(),
  input: z.object({ day: z.iso.date() }),
  output: z.object({
    id: z.string(),
    downloads: z.number(),
    bytes: z.number(),
    resources: z.number(),
    digest: z.string(),
  }),
  facts: async ({ tx, input }) => {
    await oneAtATime(tx, `opening day ${input.day}`);
    const closed = await tx.selectFrom('opening_day').select('id').where('day', '=', input.day).executeTakeFirst();
    if (closed)
      throw refused(
        'state',
        'HS-18.12',
        text('当日已结', 'The day is closed'),
        text('该日的下载已汇总存证。', 'The downloads of that day are in the evidence.'),
        text('无须再次办理。', 'Nothing more is to be done.'),
      );
    return { counts: await countsOfDay(tx, input.day) };
  },
  perform: async ({ tx, input, facts: { counts }, at }) => {
    const total = {
      downloads: counts.reduce((n, c) => n + c.downloads, 0),
      bytes: counts.reduce((n, c) => n + c.bytes, 0),
      resources: new Set(counts.map((c) => c.resource)).size,
      digest: digestOf(input.day, counts),
    };
    const id = newId('opd');
    await tx
      .insertInto('opening_day')
      .values({ day: input.day, id, ...total, closed_at: at })
      .execute();
    return { id, ...total };
  },
  entry: ({ input, result }) => ({
    subject: result.id,
    public: true,
    open: {
      day: input.day,
      downloads: result.downloads,
      bytes: result.bytes,
      resources: result.resources,
      digest: result.digest,
    },
  }),
});

export const openingActs: readonly Act[] = [apply, decide, withdraw, end, closeDay];
