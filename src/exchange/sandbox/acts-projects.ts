import { z } from 'zod';
import { getPerson, PersonId } from '../../kernel/access/index.ts';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { DISCARD_TASK } from './acts-prepared.ts';
import { OPERATORS, ProjectId, projectLife } from './model.ts';
import * as rules from './rules.ts';
import { lockProject, requireOpen } from './store.ts';

const DAY_MS = 86_400_000;
const MEMBERS_TYPED_MAX = 1_000;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string, max: number) => z.string().trim().min(2).max(max).meta(field(zh, en));
const MemberIds = z.array(PersonId).min(1).max(MEMBERS_TYPED_MAX).meta(field('成员', 'Members'));

/** Who is to be a member: people of the party, each once. @throws notFound for somebody who is not */
async function membersOf(tx: Tx, memberIds: readonly string[], partyId: string): Promise<string[]> {
  const ids = [...new Set(memberIds)];
  const rows = await tx
    .selectFrom('person')
    .select('id')
    .where('id', 'in', ids)
    .where('party_id', '=', partyId)
    .where('disabled_at', 'is', null)
    .execute();
  if (rows.length !== ids.length) throw notFound();
  return ids;
}

async function writeMembers(tx: Tx, projectId: string, memberIds: readonly string[], at: Date): Promise<void> {
  await tx
    .deleteFrom('sandbox_member')
    .where('project_id', '=', projectId)
    .where('person_id', 'not in', [...memberIds])
    .execute();
  await tx
    .insertInto('sandbox_member')
    .values(memberIds.map((personId) => ({ project_id: projectId, person_id: personId, added_at: at })))
    .onConflict((c) => c.doNothing())
    .execute();
}

const openProjects = async (tx: Tx, partyId: string): Promise<number> => {
  const { n } = await tx
    .selectFrom('sandbox_project')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('party_id', '=', partyId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(n);
};

/** 设立沙箱项目: purpose and people first; tables come by grants. */
const openProject = act({
  name: 'sandbox.open-project',
  title: text('设立沙箱项目', 'Open a sandbox project'),
  by: role(...OPERATORS),
  input: z.object({
    title: words('项目名称', 'Title', 100),
    purpose: words('项目目的', 'Purpose', 500),
    memberIds: MemberIds,
  }),
  output: z.object({ projectId: ProjectId }),
  rules: [rules.projectSize],
  facts: async ({ tx, actor, input }) => {
    if (actor.partyId === null) throw notFound();
    const memberIds = await membersOf(tx, input.memberIds, actor.partyId);
    return {
      partyId: actor.partyId,
      memberIds,
      members: memberIds.length,
      tables: 0,
      projects: (await openProjects(tx, actor.partyId)) + 1,
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const projectId = newId('sbp');
    await tx
      .insertInto('sandbox_project')
      .values({
        id: projectId,
        party_id: facts.partyId,
        title: input.title,
        purpose: input.purpose,
        state: projectLife.first,
        opened_at: at,
        closed_at: null,
        close_reason: null,
      })
      .execute();
    await writeMembers(tx, projectId, facts.memberIds, at);
    return { projectId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.projectId,
    sealed: { title: input.title, purpose: input.purpose, members: facts.memberIds },
  }),
});

/** 调整项目成员 */
const setMembers = act({
  name: 'sandbox.set-members',
  title: text('调整项目成员', 'Set the members of a project'),
  by: role(...OPERATORS),
  input: z.object({ projectId: ProjectId, memberIds: MemberIds }),
  output: z.object({ projectId: ProjectId, members: z.number().int() }),
  rules: [rules.projectSize],
  facts: async ({ tx, actor, input }) => {
    const project = await lockProject(tx, input.projectId, actor.partyId);
    requireOpen(project);
    const memberIds = await membersOf(tx, input.memberIds, project.party_id);
    return { project, memberIds, members: memberIds.length, tables: 0, projects: 0 };
  },
  version: ({ project }) => project.version,
  perform: async ({ tx, facts: { project, memberIds }, at }) => {
    await writeMembers(tx, project.id, memberIds, at);
    await tx
      .updateTable('sandbox_project')
      .set((e) => ({ version: e('version', '+', 1) }))
      .where('id', '=', project.id)
      .execute();
    return { projectId: project.id, members: memberIds.length };
  },
  entry: ({ input, facts }) => ({ subject: input.projectId, sealed: { members: facts.memberIds } }),
});

/** 关闭沙箱项目: its grants end with it, and what is prepared of them is removed. */
const closeProject = act({
  name: 'sandbox.close-project',
  title: text('关闭沙箱项目', 'Close a sandbox project'),
  by: role(...OPERATORS),
  input: z.object({ projectId: ProjectId, reason: words('关闭原因', 'Reason', 500) }),
  output: z.object({ projectId: ProjectId }),
  facts: async ({ tx, actor, input }) => {
    const project = await lockProject(tx, input.projectId, actor.partyId);
    const holders = await tx
      .selectFrom('sandbox_grant')
      .select('holder_id')
      .distinct()
      .where('project_id', '=', project.id)
      .execute();
    return { project, next: projectLife.move(project.state, 'close'), holders: holders.map((h) => h.holder_id) };
  },
  version: ({ project }) => project.version,
  perform: async ({ tx, input, facts: { project, next }, at, enqueue }) => {
    await tx
      .updateTable('sandbox_project')
      .set((e) => ({ state: next, closed_at: at, close_reason: input.reason, version: e('version', '+', 1) }))
      .where('id', '=', project.id)
      .execute();
    const ended = await tx
      .updateTable('sandbox_grant')
      .set({ revoked_at: at, revoke_reason: '项目关闭' })
      .where('project_id', '=', project.id)
      .where('revoked_at', 'is', null)
      .returning('id')
      .execute();
    await tx
      .updateTable('sandbox_request')
      .set({ state: 'closed', settled_at: at })
      .where('project_id', '=', project.id)
      .where('state', '=', 'waiting')
      .execute();
    for (const { id } of ended) enqueue({ task: DISCARD_TASK, payload: { grantId: id } });
    return { projectId: project.id };
  },
  entry: ({ input, facts }) => ({
    subject: input.projectId,
    sealed: { reason: input.reason },
    parties: facts.holders,
  }),
});

/** 登记上岗安全培训 (JN-17.1): by the administrator of the person's own party. */
const recordTraining = act({
  name: 'sandbox.record-training',
  title: text('登记上岗安全培训', 'Record a security training of a person'),
  by: role('party-admin'),
  input: z.object({
    personId: PersonId,
    heldOn: z.iso.date().meta(field('举行日期', 'Held on')),
    topic: words('培训内容', 'Topic', 200),
    validUntil: z.iso.date().meta(field('有效期至', 'Valid until')),
  }),
  output: z.object({ trainingId: z.string() }),
  rules: [rules.trainingRecord],
  facts: async ({ tx, actor, input, at }) => {
    const person = await getPerson(tx, input.personId);
    if (!person || actor.partyId === null || person.party_id !== actor.partyId) throw notFound();
    return {
      partyId: actor.partyId,
      heldOn: input.heldOn,
      validUntil: input.validUntil,
      today: beijingDay(at),
      days: Math.round((Date.parse(input.validUntil) - Date.parse(input.heldOn)) / DAY_MS),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const trainingId = newId('sbt');
    await tx
      .insertInto('sandbox_training')
      .values({
        id: trainingId,
        party_id: facts.partyId,
        person_id: input.personId,
        held_on: input.heldOn,
        topic: input.topic,
        valid_until: input.validUntil,
        recorded_at: at,
      })
      .execute();
    return { trainingId };
  },
  entry: ({ input, result }) => ({
    subject: result.trainingId,
    sealed: { person: input.personId, heldOn: input.heldOn, validUntil: input.validUntil, topic: input.topic },
  }),
});

export const projectActs: readonly Act[] = [openProject, setMembers, closeProject, recordTraining];
