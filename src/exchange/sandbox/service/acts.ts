import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, refused, role, system } from '../../../kernel/acts/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import { type Text, text } from '../../../kernel/text.ts';
import { ColumnSchema, TableProfileSchema } from '../../../kernel/vault/index.ts';
import { carryUses, ResourceId, registerDerived, rightsLive, type StoppedUse } from '../../catalog/index.ts';
import { getParty, registeredEntity } from '../../parties/index.ts';
import { sourcesOf } from '../airlock/component.ts';
import { refusalOf } from '../failures.ts';
import { readQuery } from '../lane.ts';
import { HOLDERS, hashOf, ProjectId } from '../model.ts';
import { takePlace } from '../places.ts';
import { namedMember, trainedByMeasures, trainedFirst } from '../rules.ts';
import { canMix } from '../sdc/index.ts';
import { closedGrammar } from '../sql/index.ts';
import { type GrantInHand, getProject, grantsInHand, requireOpen, trainingsOf } from '../store.ts';
import { answerColumns } from './columns.ts';
import { type CheckedTemplate, SERVICE_VERSION, ServiceId, serviceLife } from './model.ts';
import { keepRevision, objectsNow } from './revisions.ts';
import * as rules from './rules.ts';
import { lockService, serviceGrants, tablesOf } from './store.ts';
import { bind, examplesOf, Template, templateProblems } from './template.ts';

export const SELLERS = ['operating-unit', 'data-merchant'];
const TYPED_MAX = 100;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
export const MAKE_TASK = 'sandbox.make-service';

interface Read {
  readonly templates: readonly CheckedTemplate[];
  readonly tables: readonly GrantInHand[];
  /** Columns read of each granted table. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly problems: readonly { readonly message: Text }[];
  /** Columns that were given a title and are in no answer. */
  readonly unknown: readonly string[];
}
const NOTHING: Read = { templates: [], tables: [], columns: new Map(), problems: [], unknown: [] };

/** Asks the grammar about every template, with its examples in the place of parameters; nothing of the data is read. */
export async function readTemplates(
  templates: readonly Template[],
  granted: readonly GrantInHand[],
  at: Date,
): Promise<Read> {
  const checked: CheckedTemplate[] = [];
  const tables = new Map<string, GrantInHand>();
  const columns = new Map<string, Set<string>>();
  const unknown: string[] = [];
  for (const template of templates) {
    const bound = bind(template, examplesOf(template));
    if (bound === null) throw new Error('a template with problems was read');
    const { asked, problems } = await readQuery(bound, granted, at).catch((e) => Promise.reject(refusalOf(e)));
    const named = (message: Text): Text =>
      text(`模板“${template.name}”：${message.zh}`, `Template “${template.name}”: ${message.en}`);
    if (asked === null) return { ...NOTHING, problems: problems.map((p) => ({ message: named(p.message) })) };
    if (!canMix(asked.tables.map((t) => t.grant.policy))) return { ...NOTHING, problems: [{ message: named(MIXED) }] };
    for (const table of asked.tables) {
      tables.set(table.grant.id, table);
      const read = columns.get(table.grant.id) ?? new Set();
      for (const c of table.grant.policy.columns) if (names(bound, c.name)) read.add(c.name);
      columns.set(table.grant.id, read);
    }
    const dictionaries = new Map(asked.tables.map((t) => [t.grant.alias, t.resource.columns]));
    const said = template.columns ?? [];
    checked.push({ ...template, columns: answerColumns(asked.query, dictionaries, said) });
    for (const { name } of said)
      if (!asked.query.outputs.some((o) => o.name === name)) unknown.push(`${template.name}.${name}`);
  }
  return { templates: checked, tables: [...tables.values()], columns, problems: [], unknown };
}

/** Whether a query names a column: a word too many in the lineage does less harm than one too few. */
const names = (sqlText: string, column: string): boolean =>
  sqlText
    .toLowerCase()
    .match(/[\p{L}\p{N}_]+/gu)
    ?.includes(column.toLowerCase()) ?? false;

const MIXED = text(
  '精确作答的表和加噪作答的表不能在同一查询中关联。',
  'Tables answered exactly and tables answered with noise are not joined in one query.',
);

const propose = act({
  name: 'sandbox.propose-service',
  title: text('提出沙箱查询服务', 'Propose a query service'),
  by: role(...SELLERS),
  input: z.object({
    projectId: ProjectId,
    title: z.string().trim().min(2).max(80).meta(field('名称', 'Title')),
    summary: z.string().trim().min(2).max(2_000).meta(field('简介', 'Summary')),
    templates: z.array(Template).min(1).max(TYPED_MAX).meta(field('查询模板', 'Query templates')),
  }),
  output: z.object({ serviceId: ServiceId, templatesHash: z.string() }),
  rules: [
    registeredEntity,
    namedMember,
    trainedFirst,
    trainedByMeasures,
    rules.templatesFit,
    closedGrammar,
    rules.titlesFit,
    ...rightsLive,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const project = await getProject(tx, input.projectId);
    const party = actor.partyId === null ? undefined : await getParty(tx, actor.partyId);
    if (!project || !party || project.party_id !== party.id) throw notFound();
    requireOpen(project);
    const personId = actor.personId ?? '';
    const { rows: named } = await sql`select 1 from sandbox_member where project_id = ${project.id}
      and person_id = ${personId}`.execute(tx);
    const trained = (await trainingsOf(tx, [personId], beijingDay(at))).has(personId);
    const who = { project, partyState: party.state, member: named.length > 0, trained };
    const found = input.templates.flatMap(templateProblems);
    if (new Set(input.templates.map((t) => t.name)).size < input.templates.length)
      found.push(text('模板重名。', 'Two templates share a name.'));
    const templates = { count: input.templates.length, problems: found };
    const isRefused = !who.member || !trained || party.state !== 'admitted';
    const tooMany = rules.templatesFit.evaluate({ templates }, at).decision.outcome !== 'ok';
    if (isRefused || tooMany) return { ...who, templates, problems: [], unknown: [], useStopped: null, read: NOTHING };
    await takePlace(tx, at);
    const all = await grantsInHand(tx, { projectId: project.id }, at);
    const read = await readTemplates(
      input.templates,
      all.filter(({ grant }) => grant.policy.lanes.includes('interactive')),
      at,
    );
    const { problems, unknown } = read;
    return { ...who, templates, problems, unknown, useStopped: stoppedOf(read.tables), read };
  },
  perform: async ({ tx, actor, input, facts: { project, read }, at }) => {
    const serviceId = newId('sbs');
    const templatesHash = hashOf(read.templates);
    await tx
      .insertInto('sandbox_service')
      .values({
        ...{ id: serviceId, project_id: project.id, party_id: project.party_id },
        ...{ title: input.title, summary: input.summary, templates: JSON.stringify(read.templates) },
        ...{ templates_hash: templatesHash, state: 'proposed' as const },
        ...{ proposed_by: actor.personId, proposed_at: at, resource_id: null },
      })
      .execute();
    await tx
      .insertInto('sandbox_service_table')
      .values(
        read.tables.map(({ grant, resource }) => ({
          ...{ service_id: serviceId, grant_id: grant.id, resource_id: resource.id, holder_id: grant.holder_id },
          columns: [...(read.columns.get(grant.id) ?? [])],
        })),
      )
      .execute();
    await tx
      .insertInto('sandbox_service_review')
      .values(holdersOf(read.tables).map((holder_id) => ({ service_id: serviceId, holder_id })))
      .execute();
    return { serviceId, templatesHash };
  },
  entry: ({ input, facts: { read }, result }) => ({
    subject: result.serviceId,
    sealed: { project: input.projectId, title: input.title, templates: result.templatesHash },
    parties: holdersOf(read.tables),
  }),
});

export const holdersOf = (tables: readonly GrantInHand[]): string[] => [
  ...new Set(tables.map((t) => t.grant.holder_id)),
];
export const stoppedOf = (tables: readonly GrantInHand[]): StoppedUse | null =>
  tables.find((t) => t.stopped !== null)?.stopped ?? null;

/** 持有单位审批: each holder of a table the templates ask; one refusal ends it. */
const review = act({
  name: 'sandbox.review-service',
  title: text('审批沙箱查询服务', 'Approve or reject a query service'),
  by: role(...HOLDERS),
  input: z.object({
    serviceId: ServiceId,
    decision: z.enum(['approve', 'reject']).meta(field('决定', 'Decision')),
    reason: z.string().trim().max(1_000).default('').meta(field('理由', 'Reason')),
  }),
  output: z.object({ serviceId: ServiceId, state: z.string() }),
  rules: [rules.rejectionReasoned, ...rightsLive],
  facts: async ({ tx, actor, input, at }) => {
    const service = await lockService(tx, input.serviceId);
    const reviews = await tx
      .selectFrom('sandbox_service_review')
      .selectAll()
      .where('service_id', '=', service.id)
      .execute();
    const mine = reviews.find((r) => r.holder_id === actor.partyId);
    if (!mine) throw notFound();
    if (mine.decision !== null) throw decidedAlready();
    const next = serviceLife.move(service.state, input.decision);
    const grants = await serviceGrants(tx, service.id, at);
    const others = reviews.filter((r) => r.holder_id !== actor.partyId && r.decision === null).length;
    return {
      service,
      decision: input.decision,
      reason: input.reason,
      holders: reviews.map((r) => r.holder_id),
      // A right that is over stops an approval, not a refusal.
      useStopped: input.decision === 'approve' ? stoppedOf(grants) : null,
      next: input.decision === 'reject' || others === 0 ? next : service.state,
    };
  },
  perform: async ({ tx, actor, input, facts: { service, next }, at, enqueue }) => {
    await tx
      .updateTable('sandbox_service_review')
      .set({ decision: input.decision, reason: input.reason, decided_by: actor.personId, decided_at: at })
      .where('service_id', '=', service.id)
      .where('holder_id', '=', actor.partyId ?? '')
      .execute();
    await tx.updateTable('sandbox_service').set({ state: next }).where('id', '=', service.id).execute();
    if (next === 'approved') enqueue({ task: MAKE_TASK, payload: { serviceId: service.id } });
    return { serviceId: service.id, state: next };
  },
  entry: ({ input, facts: { service, holders } }) => ({
    subject: service.id,
    sealed: { decision: input.decision, reason: input.reason, templates: service.templates_hash },
    parties: [service.party_id, ...holders],
  }),
});

const decidedAlready = () =>
  refused(
    'state',
    'HS-25.22',
    text('本单位已经决定', 'Your party has decided'),
    text('本单位对这项服务的决定已经记录。', 'What your party decided of this service is recorded.'),
    text('要停止服务的，请收回入箱授权。', 'To stop the service, revoke the grant of the table.'),
  );

/** 登记: the approved templates become a resource, of which a product is drafted like of any other. */
export const recordService = act({
  name: 'sandbox.record-service',
  title: text('登记沙箱查询服务', 'Register an approved query service'),
  by: system(),
  input: z.object({
    serviceId: ServiceId,
    objectId: z.string().max(60),
    rows: z.number().int(),
    bytes: z.number().int(),
    columns: z.array(ColumnSchema),
    profile: TableProfileSchema,
  }),
  output: z.object({ resourceId: ResourceId }),
  rules: [...rightsLive],
  facts: async ({ tx, input, at }) => {
    const service = await lockService(tx, input.serviceId);
    serviceLife.move(service.state, 'make');
    const grants = await serviceGrants(tx, service.id, at);
    return { service, grants, useStopped: stoppedOf(grants) };
  },
  perform: async ({ tx, input, facts: { service, grants }, at }) => {
    const tables = await tablesOf(tx, service.id);
    const resourceIds = tables.map((t) => t.resource_id);
    const { first, grade, publicData } = await sourcesOf(tx, resourceIds);
    const resourceId = await registerDerived(
      tx,
      {
        entry: {
          ...{ number: '', title: service.title, summary: service.summary, sector: first.sector },
          ...{ class: first.class, grade, region: first.region, source: 'derived' as const },
          // Templates and answers of statistics, approved by the holders of the data: nobody can be told from them.
          containsPersonalInformation: false,
          ...{ opening: 'paid' as const, updateFrequency: '来源更新后由卖方更新' },
          sourceStatement: `数据沙箱查询服务 ${service.id} 的已批准模板（SHA-256 ${service.templates_hash}）`,
          columns: input.columns.map((c) => ({
            ...c,
            ...TITLES[c.name],
            titleZh: TITLES[c.name]?.titleZh ?? c.name,
            sensitive: false,
          })),
        },
        holderId: service.party_id,
        personId: service.proposed_by,
        publicData,
        table: input,
        madeId: service.id,
        sources: tables.map((t) => ({ resourceId: t.resource_id, columns: t.columns })),
      },
      at,
    );
    await standOnRights(tx, service.id, grants, at);
    const revision = { serviceId: service.id, revision: 1, personId: service.proposed_by, at };
    await keepRevision(tx, revision, objectsNow(grants));
    await carryUses(tx, resourceIds, { id: service.id, version: SERVICE_VERSION });
    await tx
      .updateTable('sandbox_service')
      .set({ state: 'ready', resource_id: resourceId })
      .where('id', '=', service.id)
      .execute();
    return { resourceId };
  },
  entry: ({ facts: { service, grants }, result }) => ({
    subject: service.id,
    sealed: { resource: result.resourceId, templates: service.templates_hash },
    parties: [service.party_id, ...holdersOf(grants)],
  }),
});

const TITLES: Readonly<Record<string, { readonly titleZh: string; readonly titleEn: string }>> = {
  template: { titleZh: '模板', titleEn: 'Template' },
  answers: { titleZh: '回答什么', titleEn: 'What it answers' },
  parameters: { titleZh: '参数', titleEn: 'Parameters' },
  columns: { titleZh: '结果字段', titleEn: 'Columns of the answer' },
  query: { titleZh: '查询', titleEn: 'Query' },
};

/** Nothing is read yet, so nothing is counted: but a right that ends ends what stands on it. */
async function standOnRights(tx: Tx, serviceId: string, grants: readonly GrantInHand[], at: Date): Promise<void> {
  const uses = grants.flatMap(({ right, resource }) =>
    right === null
      ? []
      : [
          {
            ...{ id: newId('usd'), authorisation_id: right.id, resource_id: resource.id, made_id: serviceId },
            ...{ made_version: SERVICE_VERSION, rows: 0, taken_at: at },
          },
        ],
  );
  if (uses.length > 0) await tx.insertInto('resource_use').values(uses).execute();
}

export const serviceActs: readonly Act[] = [propose, review, recordService];
