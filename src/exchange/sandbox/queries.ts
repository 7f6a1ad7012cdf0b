import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  receiptsOf,
  signedIn,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { partiesById } from '../parties/index.ts';
import { type Project, ProjectId } from './model.ts';
import {
  budgetOf,
  exactAboutPeople,
  type GrantInHand,
  getProject,
  grantedColumns,
  grantsInHand,
  trainingsOf,
  usesMaxOf,
} from './store.ts';
import type * as views from './views.ts';
import { PARTS, ProjectDetail, ProjectItem } from './views.ts';

const RECEIPTS_MAX = 20;
const SUPERVISORS = ['exchange', 'regulator', 'data-authority'];
export const supervises = (actor: Actor): boolean => actor.roles.some((r) => SUPERVISORS.includes(r));

export type Part = (typeof PARTS)[number];

/** What somebody has to do with a project: its party works on it, a holder gave or is asked for a table of it. */
export async function partIn(q: Queryable, project: Project, actor: Actor): Promise<Part | undefined> {
  if (actor.partyId === project.party_id) return 'operator';
  if (supervises(actor)) return 'supervisor';
  const { rows } =
    await sql`select 1 from sandbox_grant where project_id = ${project.id} and holder_id = ${actor.partyId}
    union all select 1 from sandbox_request where project_id = ${project.id} and holder_id = ${actor.partyId}
    limit 1`.execute(q);
  return rows.length > 0 ? 'holder' : undefined;
}

interface ProjectRow extends Project {
  readonly party_name: string;
  readonly tables: number;
  readonly waiting: number;
}

const projects = read({
  path: '/sandbox-projects',
  title: text('沙箱项目', 'Sandbox projects'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ state: z.enum(['open', 'closed']).optional(), part: z.enum(PARTS).optional() }),
  output: pageOf(ProjectItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const all = supervises(actor);
    const own = sql`p.party_id = ${actor.partyId}`;
    const held = sql`(exists (select from sandbox_grant g where g.project_id = p.id and g.holder_id = ${actor.partyId})
      or exists (select from sandbox_request r where r.project_id = p.id and r.holder_id = ${actor.partyId}))`;
    const seen =
      query.part === 'operator'
        ? own
        : query.part === 'holder'
          ? held
          : query.part === 'supervisor'
            ? sql`${all}::boolean`
            : sql`(${all} or ${own} or ${held})`;
    const mine = sql`(${all} or ${own} or x.holder_id = ${actor.partyId})`;
    const { rows } = await sql<ProjectRow>`select p.*, y.name as party_name,
        (select count(*)::int from sandbox_grant x where x.project_id = p.id and x.revoked_at is null and ${mine}) as tables,
        (select count(*)::int from sandbox_request x where x.project_id = p.id and x.state = 'waiting' and ${mine}) as waiting
      from sandbox_project p join party y on y.id = p.party_id
     where ${seen} and (${after}::text is null or p.id < ${after})
       and (${query.state ?? null}::text is null or p.state = ${query.state ?? null})
     order by p.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (p) => p.id);
    const partOf = (p: Project): Part => (p.party_id === actor.partyId ? 'operator' : all ? 'supervisor' : 'holder');
    return { items: items.map((p) => itemOf(p, p.party_name, p, partOf(p))), nextCursor };
  },
});

const itemOf = (
  p: Project,
  partyName: string,
  { tables, waiting }: { readonly tables: number; readonly waiting: number },
  part: Part,
) => ({
  id: p.id,
  title: p.title,
  purpose: p.purpose,
  state: p.state,
  party: { id: p.party_id, name: partyName },
  openedAt: p.opened_at.toISOString(),
  closedAt: p.closed_at?.toISOString() ?? null,
  tables,
  waiting,
  part,
});

const STOPPED = {
  suspended: text('数据使用权限已暂停', 'the right to use the data is suspended'),
  expired: text('已到期', 'it is over'),
  ended: text('数据使用权限已终止', 'the right to use the data has ended'),
} as const;

function stateOf({ grant, stopped }: GrantInHand): Pick<z.input<typeof views.Table>, 'state' | 'reason'> {
  if (grant.revoked_at) return { state: 'revoked', reason: text(grant.revoke_reason ?? '', grant.revoke_reason ?? '') };
  if (!stopped) return { state: 'live', reason: null };
  const because = stopped.forConsent ? text('（数据主体撤回同意）', ' (consent was withdrawn)') : text('', '');
  const said = STOPPED[stopped.state];
  return { state: stopped.state, reason: text(`${said.zh}${because.zh}`, `${said.en}${because.en}`) };
}

function tableOf(
  inHand: GrantInHand,
  names: ReadonlyMap<string, string>,
  prepared: ReadonlySet<string>,
): z.input<typeof views.Table> {
  const { grant, resource } = inHand;
  const { policy } = grant;
  const dictionary = new Map(resource.columns.map((c) => [c.name, c]));
  return {
    grantId: grant.id,
    alias: grant.alias,
    resource: { id: resource.id, title: resource.title },
    holder: { id: grant.holder_id, name: names.get(grant.holder_id) ?? '' },
    authorisationId: grant.authorisation_id,
    rows: resource.rows,
    ...stateOf(inHand),
    prepared: prepared.has(grant.id),
    newerData: inHand.stopped === null && exactAboutPeople(inHand) && inHand.newerData,
    grantedAt: grant.granted_at.toISOString(),
    validUntil: grant.valid_until.toISOString(),
    policy,
    grantHash: grant.grant_hash,
    columns: grantedColumns(inHand).map(({ name, uses, range, domain }) => {
      const entry = dictionary.get(name);
      return {
        name,
        type: entry?.type ?? 'text',
        titleZh: entry?.titleZh ?? name,
        titleEn: entry?.titleEn ?? null,
        description: entry?.description ?? null,
        unit: entry?.unit ?? null,
        uses,
        range: range ?? null,
        domain: domain ?? null,
      };
    }),
    budget: {
      ...budgetOf(inHand),
      usesMax: usesMaxOf(inHand),
      cellsMax: policy.cellsMax,
      epsilonTotalMicro: policy.privacy.kind === 'noise' ? policy.privacy.epsilonTotal : null,
    },
  };
}

const one = read({
  path: '/sandbox-projects/:projectId',
  title: text('沙箱项目详情', 'A sandbox project'),
  by: signedIn(),
  params: z.object({ projectId: ProjectId }),
  query: z.object({}),
  output: ProjectDetail,
  run: async ({ db, actor, params, at }) => {
    const project = await getProject(db, params.projectId);
    const part = project && (await partIn(db, project, actor));
    if (!project || !part) throw notFound();
    const holder = part === 'holder' ? actor.partyId : null;
    const grants = (await grantsInHand(db, { projectId: project.id, all: true }, at)).filter(
      ({ grant }) => holder === null || grant.holder_id === holder,
    );
    const requests = await db
      .selectFrom('sandbox_request as q')
      .innerJoin('resource as r', 'r.id', 'q.resource_id')
      .selectAll('q')
      .select('r.title')
      .where('q.project_id', '=', project.id)
      .$if(holder !== null, (s) => s.where('q.holder_id', '=', holder ?? ''))
      .orderBy('q.id')
      .execute();
    const parties = await partiesById(db, [
      project.party_id,
      ...grants.map((g) => g.grant.holder_id),
      ...requests.map((r) => r.holder_id),
    ]);
    const names = new Map([...parties].map(([id, p]) => [id, p.name]));
    const members = await membersOf(db, project.id, actor, at);
    const self = members.find((m) => m.self);
    const prepared = await db
      .selectFrom('sandbox_prepared')
      .select('grant_id')
      .where('grant_id', 'in', ['', ...grants.map((g) => g.grant.id)])
      .execute();
    const ready = new Set(prepared.map((p) => p.grant_id));
    const counts = {
      tables: grants.filter((g) => g.grant.revoked_at === null).length,
      waiting: requests.filter((r) => r.state === 'waiting').length,
    };
    return {
      ...itemOf(project, names.get(project.party_id) ?? '', counts, part),
      version: project.version,
      closeReason: project.close_reason,
      members: part === 'holder' ? [] : members,
      memberCount: members.length,
      mayAsk: project.state === 'open' && part === 'operator' && self?.training != null,
      tableList: grants.map((g) => tableOf(g, names, ready)),
      requests: requests.map((r) => ({
        id: r.id,
        resource: { id: r.resource_id, title: r.title },
        holder: { id: r.holder_id, name: names.get(r.holder_id) ?? '' },
        authorisationId: r.authorisation_id,
        alias: r.alias,
        wanted: r.wanted,
        state: r.state,
        requestedAt: r.requested_at.toISOString(),
      })),
      receipts: await receiptsOf(db, [project.id, ...grants.map((g) => g.grant.id)], RECEIPTS_MAX),
    };
  },
});

async function membersOf(
  q: Queryable,
  projectId: string,
  actor: Actor,
  at: Date,
): Promise<z.input<typeof views.Member>[]> {
  const rows = await q
    .selectFrom('sandbox_member as m')
    .innerJoin('person as p', 'p.id', 'm.person_id')
    .select(['p.id', 'p.display_name'])
    .where('m.project_id', '=', projectId)
    .orderBy('p.id')
    .execute();
  const trainings = await trainingsOf(
    q,
    rows.map((r) => r.id),
    beijingDay(at),
  );
  return rows.map((r) => ({
    personId: r.id,
    name: r.display_name,
    training: trainings.get(r.id) ?? null,
    self: r.id === actor.personId,
  }));
}

export const projectReads: readonly Read[] = [projects, one];
