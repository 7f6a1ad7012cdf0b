import { sql } from 'kysely';
import type { Actor } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, text } from '../../kernel/text.ts';

export interface SandboxTask {
  readonly subject: string;
  readonly kind: 'sandbox';
  readonly title: Text;
  readonly what: Text;
  readonly act: string;
  readonly dueAt: string | null;
  readonly link: string;
}
const same = (words: string): Text => text(words, words);

/** What the sandbox waits for: tables to be granted, outputs to be reviewed, services to be approved, joint computations to be joined. */
export async function sandboxTasks(q: Queryable, actor: Actor, limit: number): Promise<SandboxTask[]> {
  const party = actor.partyId ?? '';
  const asked = await sql<{ id: string; title: string; requests: number }>`
    select p.id, p.title, count(*)::int as requests from sandbox_request r join sandbox_project p on p.id = r.project_id
     where r.holder_id = ${party} and r.state = 'waiting' and p.state = 'open'
     group by p.id order by p.id limit ${limit}`.execute(q);
  // Nobody reviews a job of their own.
  const reviews = await sql<{ id: string; title: string }>`
    select j.id, p.title from sandbox_review r join sandbox_job j on j.id = r.job_id
      join sandbox_project p on p.id = j.project_id
     where r.holder_id = ${party} and r.decision is null and j.state = 'review'
       and j.submitted_by <> ${actor.personId ?? ''}
     order by j.id limit ${limit}`.execute(q);
  const joint = await sql<{ id: string; title: string; until: Date }>`
    select s.id, s.title, s.until from joint_party p join joint_session s on s.id = p.session_id
     where p.party_id = ${party} and p.joined_at is null and s.state = 'proposed'
     order by s.until limit ${limit}`.execute(q);
  const services = await sql<{ id: string; title: string; project: string }>`
    select s.id, s.title, s.project_id as project from sandbox_service_review r join sandbox_service s on s.id = r.service_id
     where r.holder_id = ${party} and r.decision is null and s.state = 'proposed'
     order by s.id limit ${limit}`.execute(q);
  return [
    ...asked.rows.map(({ id, title, requests }) => ({
      subject: id,
      kind: 'sandbox' as const,
      title: same(title),
      what: text(`请决定 ${requests} 项数据表入箱申请`, `Decide about the tables asked for (${requests})`),
      act: 'sandbox.grant-table',
      dueAt: null,
      link: `/v1/sandbox-projects/${id}`,
    })),
    ...reviews.rows.map(({ id, title }) => ({
      subject: id,
      kind: 'sandbox' as const,
      title: same(title),
      what: text('请审查沙箱作业的成果', 'Review the output of a sandbox job'),
      act: 'sandbox.release',
      dueAt: null,
      link: `/v1/sandbox-jobs/${id}`,
    })),
    ...services.rows.map(({ id, title, project }) => ({
      subject: id,
      kind: 'sandbox' as const,
      title: same(title),
      what: text('请审批沙箱查询服务', 'Approve the query service, or reject it'),
      act: 'sandbox.review-service',
      dueAt: null,
      link: `/v1/sandbox-projects/${project}`,
    })),
    ...joint.rows.map(({ id, title, until }) => ({
      subject: id,
      kind: 'sandbox' as const,
      title: same(title),
      what: text('请加入或谢绝联合计算', 'Join the joint computation, or decline it'),
      act: 'joint.join',
      dueAt: until.toISOString(),
      link: `/v1/joint-sessions/${id}`,
    })),
  ];
}
