import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Act, Actor } from '../../kernel/acts/index.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { openVault, stageFile, acts as vaultActs } from '../../kernel/vault/index.ts';
import { platform } from '../../platform.ts';
import { useRights } from '../catalog/index.ts';
import { refusedKind, rulesOf, type TestExchange, testExchange } from '../testing.ts';

const house = platform(loadRulebook());
type Party = Actor & { readonly partyId: string };
let t: TestExchange;
let folder: string;
let authority: Party;
let provider: Party;
let operator: Party;
let rival: Party;
let experts: Party[];
let resourceId: string;

const act = (name: string): Act => {
  const found = house.acts.find((a) => a.name === name);
  if (!found) throw new Error(`no act ${name}`);
  return found;
};
const run = (name: string, actor: Actor, input: unknown) => t.run(act(name), actor, input);
const refused = async (name: string, actor: Actor, input: unknown) => rulesOf(await t.refusal(act(name), actor, input));
const look = (path: string, actor: Actor, params: unknown = {}, query: unknown = {}) =>
  t.read(house.reads, path, actor, params, query) as Promise<Record<string, unknown>>;

beforeAll(async () => {
  t = await testExchange(house.tasks);
  folder = await mkdtemp(join(tmpdir(), 'authorisation-'));
  authority = await t.party('示例市大数据局', ['data-authority']);
  provider = await t.party('示例市交通运输局', ['data-provider'], 'administrative-organ');
  operator = await t.party('示例数据运营公司', ['operating-unit']);
  rival = await t.party('示例落选公司', ['operating-unit']);
  experts = await Promise.all(['甲', '乙', '丙'].map((n) => t.party(`示例${n}评审机构`, ['expert'])));
  const datasetId = await t.dataset(provider, 'line,day,passengers\n1,2026-01-01,100\n2,2026-01-01,200\n');
  const column = (name: string) => ({ name, titleZh: name, sensitive: false });
  const registered = await run('resource.register', provider, {
    datasetId,
    title: '地铁客流',
    summary: '逐日客流',
    source: 'self-generated',
    sourceStatement: '闸机记录',
    sector: '交通运输',
    classification: { class: '交通运行', grade: 'general' },
    containsPersonalInformation: false,
    updateFrequency: '每月',
    coverage: { region: '示例市' },
    opening: 'paid',
    columns: ['line', 'day', 'passengers'].map(column),
  });
  resourceId = String(registered.resourceId);
});
afterAll(async () => {
  await t?.close();
  await rm(folder, { recursive: true, force: true });
});

const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const call = () => ({
  mode: 'comprehensive',
  title: '交通数据授权运营',
  scope: '交通领域公共数据',
  conditions: '依法设立，具备数据安全能力',
  requirements: '每年开发不少于三个产品。',
  criteria: [
    { title: '运营方案', weight: 60 },
    { title: '安全能力', weight: 40 },
  ],
  passScore: 70,
  resourceIds: [resourceId],
  authorityId: authority.partyId,
  applyUntil: soon(30),
});

/** A paper of a party, attached to a case. */
async function paper(actor: Party, caseId: string, kind: string): Promise<void> {
  const path = join(folder, `${kind}.pdf`);
  await writeFile(path, `%PDF ${kind}`);
  const vault = await openVault({ db: t.db, dataFolder: t.folder });
  const uploadId = await stageFile(t.db, vault, { path, partyId: actor.partyId, name: `${kind}.pdf` });
  const keep = vaultActs.find((a) => a.name === 'file.keep');
  if (!keep) throw new Error('no file.keep');
  const { fileId } = await t.run(keep, actor, { uploadId });
  await t.jobs();
  await run('case.attach-document', actor, { caseId, fileId, kind });
}

interface Operating {
  readonly applicationId: string;
  readonly agreementId: string;
  readonly caseId: string;
}

/** From the announcement to an agreement both have signed. */
async function operating(): Promise<Operating> {
  const { announcementId } = await run('announcement.publish', authority, call());
  const { applicationId, caseId } = (await run('application.submit', operator, {
    announcementId,
    statement: '具备交通数据产品开发能力',
  })) as { applicationId: string; caseId: string };
  for (const kind of ['eligibility', 'security', 'plan']) await paper(operator, caseId, kind);
  await run('application.accept', authority, { applicationId, expertIds: experts.map((e) => e.partyId) });
  for (const expert of experts)
    await run('application.score', expert, { applicationId, points: [50, 30], opinion: '可行' });
  await run('application.conclude-review', authority, { applicationId });
  await overNow(caseId);
  const { agreementId } = (await look('/applications/:applicationId', operator, { applicationId })) as {
    agreementId: string;
  };
  const { clausesHash } = (await look('/agreements/:agreementId', operator, { agreementId })) as {
    clausesHash: string;
  };
  await run('agreement.sign', authority, { agreementId, clausesHash });
  await run('agreement.sign', operator, { agreementId, clausesHash });
  return { applicationId, agreementId, caseId };
}

/** The present clock of a case is over. */
async function overNow(caseId: string): Promise<void> {
  await sql`update case_clock set due_at = now() - interval '1 second' where case_id = ${caseId} and state = 'running'`.execute(
    t.db,
  );
  await sql`update graphile_worker._private_jobs set run_at = now() - interval '1 second' where payload::text like '%clk_%'`.execute(
    t.db,
  );
  await t.jobs();
}
const stateOf = async (caseId: string) =>
  (await t.db.selectFrom('case_file').select('state').where('id', '=', caseId).executeTakeFirstOrThrow()).state;
const mayUse = async (): Promise<boolean> =>
  (await useRights(t.db, [resourceId], operator.partyId, new Date()))[0]?.authorisedUntil !== null;

async function scenario(agreementId: string, title = '客流指数'): Promise<string> {
  const { scenarioId } = await run('scenario.ask', operator, {
    agreementId,
    resourceId,
    title,
    scenario: '按线路计算客流指数，供商铺保险定价',
    feasibility: '数据逐日完整',
    value: '降低小微商户保费',
    purpose: '客流指数产品',
    columns: ['line', 'passengers'],
    validUntil: soon(100),
  });
  return String(scenarioId);
}

it('drafts the agreement for the term the authorising unit chooses, within five years and before anybody signs', async () => {
  const { announcementId } = await run('announcement.publish', authority, call());
  const { applicationId, caseId } = (await run('application.submit', operator, {
    announcementId,
    statement: '申请',
  })) as { applicationId: string; caseId: string };
  for (const kind of ['eligibility', 'security', 'plan']) await paper(operator, caseId, kind);
  await run('application.accept', authority, { applicationId, expertIds: experts.map((e) => e.partyId) });
  for (const expert of experts)
    await run('application.score', expert, { applicationId, points: [50, 30], opinion: '可行' });
  await run('application.conclude-review', authority, { applicationId });
  await overNow(caseId);
  const { agreementId } = (await look('/applications/:applicationId', operator, { applicationId })) as {
    agreementId: string;
  };
  const first = await look('/agreements/:agreementId', operator, { agreementId });
  expect(await refused('agreement.draft', authority, { agreementId, termMonths: 61 })).toEqual(['HS-13.17']);
  expect(await refused('agreement.draft', provider, { agreementId, termMonths: 12 })).toEqual(['HS-1.4']);
  const drafted = await run('agreement.draft', authority, { agreementId, termMonths: 60 });
  const { clausesHash, validFrom, validUntil } = (await look('/agreements/:agreementId', operator, {
    agreementId,
  })) as Record<string, string>;
  expect(clausesHash).toBe(drafted.clausesHash);
  expect(clausesHash).not.toBe(first.clausesHash);
  const year = (at: string | undefined) => new Date(at ?? '').getUTCFullYear();
  expect(year(validUntil) - year(validFrom)).toBe(5);
  expect(await refused('agreement.sign', operator, { agreementId, clausesHash: String(first.clausesHash) })).toContain(
    'JN-8.5',
  );
  await run('agreement.sign', operator, { agreementId, clausesHash });
  expect(await refused('agreement.draft', authority, { agreementId, termMonths: 12 })).toEqual(['HS-17.1']);
});

it('refuses announcements, applications and reviews that the measures do not allow', async () => {
  expect(await refused('announcement.publish', provider, call())).toContain('JN-7.1');
  expect(await refused('announcement.publish', authority, { ...call(), applyUntil: soon(1) })).toContain('JN-8.1');
  expect(
    await refused('announcement.publish', provider, { ...call(), mode: 'field', authorityId: rival.partyId }),
  ).toContain('JN-8.4');
  const { announcementId } = await run('announcement.publish', authority, call());
  await sql`update operation_announcement set apply_until = now() - interval '1 second' where id = ${announcementId}`.execute(
    t.db,
  );
  expect(await refused('application.submit', operator, { announcementId, statement: '申请' })).toContain('JN-8.2');
  await sql`update operation_announcement set apply_until = now() + interval '1 day' where id = ${announcementId}`.execute(
    t.db,
  );
  const maintains = (yes: boolean) =>
    sql`insert into party_register (party_id, business_types, maintains_platform) values (${rival.partyId}, '{}', ${yes})
      on conflict (party_id) do update set maintains_platform = excluded.maintains_platform`.execute(t.db);
  await maintains(true);
  expect(await refused('application.submit', rival, { announcementId, statement: '申请' })).toContain('JN-13.3');
  await run('party.declare-affiliation', operator, { otherId: rival.partyId, nature: 'common-control' });
  expect(await refused('application.submit', operator, { announcementId, statement: '申请' })).toContain('JN-13.3');
  await sql`update party_affiliation set ended_at = now()`.execute(t.db);
  await maintains(false);
  const { applicationId, caseId } = (await run('application.submit', operator, {
    announcementId,
    statement: '申请',
  })) as { applicationId: string; caseId: string };
  expect(await refused('application.submit', operator, { announcementId, statement: '再申请' })).toContain('HS-13.18');
  const expertIds = experts.map((e) => e.partyId);
  expect(await refused('application.accept', authority, { applicationId, expertIds })).toContain('JN-8.2');
  for (const kind of ['eligibility', 'security', 'plan']) await paper(operator, caseId, kind);
  expect(await refused('application.accept', authority, { applicationId, expertIds: expertIds.slice(1) })).toContain(
    'JN-8.3',
  );
  for (const { partyId } of [operator, authority, provider]) {
    await run('party.declare-affiliation', experts[0] as Party, { otherId: partyId, nature: 'holding' });
    expect(await refused('application.accept', authority, { applicationId, expertIds })).toContain('JN-8.3');
    await sql`update party_affiliation set ended_at = now()`.execute(t.db);
  }
  await run('application.accept', authority, { applicationId, expertIds });
  await run('party.declare-affiliation', provider, { otherId: expertIds[0], nature: 'staff' });
  expect(
    await refused('application.score', experts[0] as Party, { applicationId, points: [20, 10], opinion: '有关联' }),
  ).toContain('JN-8.3');
  await sql`update party_affiliation set ended_at = now()`.execute(t.db);
  expect(
    await refused('application.score', experts[0] as Party, { applicationId, points: [61, 40], opinion: '过高' }),
  ).toContain('JN-8.3');
  await run('application.score', experts[0] as Party, { applicationId, points: [20, 10], opinion: '不足' });
  expect(
    await refused('application.score', experts[0] as Party, { applicationId, points: [20, 10], opinion: '再评' }),
  ).toContain('JN-8.3');
  expect(await refused('application.conclude-review', authority, { applicationId })).toContain('JN-8.3');
  for (const expert of experts.slice(1)) {
    expect(await stateOf(caseId)).toBe('reviewing');
    await run('application.score', expert, { applicationId, points: [20, 10], opinion: '不足' });
  }
  expect(await stateOf(caseId)).toBe('concluding');
  expect(await run('application.conclude-review', authority, { applicationId })).toMatchObject({
    state: 'refused',
    average: 30,
  });
  expect(await refusedKind(look('/applications/:applicationId', rival, { applicationId }))).toBe('not-found');
});

it('goes from announcement to operation, with an objection on the way, and gives data for one scenario only', async () => {
  const { announcementId } = await run('announcement.publish', authority, call());
  const { applicationId, caseId } = (await run('application.submit', operator, {
    announcementId,
    statement: '申请',
  })) as { applicationId: string; caseId: string };
  for (const kind of ['eligibility', 'security', 'plan']) await paper(operator, caseId, kind);
  await run('application.accept', authority, { applicationId, expertIds: experts.map((e) => e.partyId) });
  for (const expert of experts)
    await run('application.score', expert, { applicationId, points: [50, 30], opinion: '可行' });
  const { noticeId } = await run('application.conclude-review', authority, { applicationId });
  expect(await refused('application.close-publicity-early', authority, { applicationId, reason: '赶时间' })).toContain(
    'HS-16.6',
  );
  const { objectionId } = await run('notice.object', rival, { noticeId, grounds: '申请人存在失信记录' });
  await overNow(caseId);
  expect(await stateOf(caseId)).toBe('objected');
  await run('notice.decide-objection', authority, { objectionId, decision: 'dismiss', reason: '经查无失信记录' });
  await overNow(caseId);
  expect(await stateOf(caseId)).toBe('agreeing');
  const { agreementId } = (await look('/applications/:applicationId', operator, { applicationId })) as {
    agreementId: string;
  };
  const agreement = (await look('/agreements/:agreementId', operator, { agreementId })) as {
    clausesHash: string;
    clauses: unknown[];
  };
  expect(agreement.clauses).toHaveLength(6);
  expect(await refused('agreement.sign', operator, { agreementId, clausesHash: '0'.repeat(64) })).toContain('JN-8.5');
  await run('agreement.sign', operator, { agreementId, clausesHash: agreement.clausesHash });
  expect(await stateOf(caseId)).toBe('countersigning');
  expect(
    await refused('scenario.ask', operator, {
      agreementId,
      resourceId,
      title: '过早',
      scenario: '场景',
      feasibility: '可行',
      value: '价值',
      purpose: '用途',
      columns: ['line'],
      validUntil: soon(10),
    }),
  ).toContain('JN-3.2');
  await run('agreement.sign', authority, { agreementId, clausesHash: agreement.clausesHash });
  expect(await stateOf(caseId)).toBe('filing');
  // A suspension does not make the filing forgotten.
  await run('authorisation.suspend', authority, { agreementId, reason: '核查' });
  expect(await run('authorisation.resume', authority, { agreementId, reason: '核查完毕' })).toMatchObject({
    state: 'filing',
  });
  await run('authorisation.file', authority, { agreementId, filingNumber: '备〔2026〕1号' });
  expect(await mayUse()).toBe(false);
  const scenarioId = await scenario(agreementId);
  expect(
    await refused('scenario.ask', operator, {
      agreementId,
      resourceId,
      title: '客流指数',
      scenario: '同一场景',
      feasibility: '可行',
      value: '价值',
      purpose: '用途',
      columns: ['line'],
      validUntil: soon(10),
    }),
  ).toContain('JN-14.2');
  expect(
    await refused('scenario.ask', operator, {
      agreementId,
      resourceId,
      title: '别的',
      scenario: '场景',
      feasibility: '可行',
      value: '价值',
      purpose: '用途',
      columns: ['salary'],
      validUntil: soon(10),
    }),
  ).toContain('JN-10.1');
  await run('scenario.approve', authority, { scenarioId, opinion: '同意' });
  expect(await refused('scenario.approve', authority, { scenarioId, opinion: '再同意' })).toContain('JN-14.1');
  expect(await mayUse()).toBe(false);
  await run('scenario.approve', provider, { scenarioId, opinion: '同意' });
  expect(await mayUse()).toBe(true);
});

it('suspends at once when an evaluation fails, resumes when corrected, and ends when not', async () => {
  const { agreementId, caseId } = await operating();
  await run('authorisation.file', authority, { agreementId, filingNumber: '备〔2026〕2号' });
  const other = await scenario(agreementId, '评估试验');
  for (const reviewer of [authority, provider])
    await run('scenario.approve', reviewer, { scenarioId: other, opinion: '同意' });
  const right = async () =>
    ((await look('/scenarios', operator, {}, { id: other })) as { items: { right: { state: string } | null }[] })
      .items[0]?.right?.state;
  expect(await right()).toBe('live');
  await run('authorisation.report-security', operator, {
    agreementId,
    summary: '无事件',
    incidents: 0,
    trainings: 1,
    drills: 1,
  });
  expect(await refused('authorisation.evaluate', provider, { agreementId, passed: true, findings: '越权' })).toContain(
    'HS-1.2',
  );
  await run('authorisation.evaluate', authority, { agreementId, passed: false, findings: '日志不全' });
  expect([await stateOf(caseId), await right()]).toEqual(['correcting', 'suspended']);
  expect(await refused('authorisation.report-correction', operator, { agreementId, correction: '已补齐' })).toContain(
    'JN-12.4',
  );
  await paper(operator, caseId, 'correction');
  await run('authorisation.report-correction', operator, { agreementId, correction: '已补齐' });
  await run('authorisation.recheck', authority, { agreementId, passed: true, findings: '整改到位' });
  expect([await stateOf(caseId), await right()]).toEqual(['operating', 'live']);
  await run('authorisation.suspend', authority, { agreementId, reason: '安全事件' });
  expect(await right()).toBe('suspended');
  await run('authorisation.resume', authority, { agreementId, reason: '已处置' });
  expect(await right()).toBe('live');
  await run('authorisation.evaluate', authority, { agreementId, passed: false, findings: '再次不合格' });
  await overNow(caseId);
  expect([await stateOf(caseId), await right()]).toEqual(['exiting', 'ended']);
  expect(await refused('authorisation.settle-exit', operator, { agreementId, statement: '已清除' })).toContain(
    'JN-17.2',
  );
  await paper(operator, caseId, 'disposal');
  expect(await run('authorisation.settle-exit', operator, { agreementId, statement: '已清除' })).toMatchObject({
    state: 'ended',
  });
  const { announcementId } = await run('announcement.publish', authority, call());
  expect(await refused('application.submit', operator, { announcementId, statement: '再次申请' })).toContain('HS-19.6');
  const { duties } = (await look('/agreements/:agreementId/duties', operator, { agreementId })) as {
    duties: { kind: string; state: string }[];
  };
  expect(duties.map((d) => [d.kind, d.state])).toEqual(['drill', 'evaluation', 'training'].map((k) => [k, 'ended']));
  const log = (await look('/agreements/:agreementId/work-log', operator, { agreementId })) as {
    items: { act: string }[];
    keptUntil: string | null;
  };
  expect(log.items.map((i) => i.act)).toEqual(
    expect.arrayContaining(['agreement.sign', 'authorisation.evaluate', 'scenario.ask', 'authorisation.lapse']),
  );
  expect(Date.parse(log.keptUntil ?? '')).toBeGreaterThan(Date.now() + 3 * 364 * 86_400_000);
  await sql`update operation_agreement set disqualified_at = disqualified_at - interval '3 years'`.execute(t.db);
});

it('ends every right at the second the term is over', async () => {
  const { agreementId, caseId } = await operating();
  const id = await scenario(agreementId, '到期试验');
  for (const reviewer of [authority, provider])
    await run('scenario.approve', reviewer, { scenarioId: id, opinion: '同意' });
  const right = async () =>
    ((await look('/scenarios', operator, {}, { id })) as { items: { right: { state: string } }[] }).items[0]?.right
      .state;
  expect(await right()).toBe('live');
  await sql`update operation_agreement set valid_from = now() - interval '2 days', valid_until = now() where id = ${agreementId}`.execute(
    t.db,
  );
  await sql`update graphile_worker._private_jobs set run_at = now() where payload::text like ${`%${agreementId}%`}`.execute(
    t.db,
  );
  await t.jobs();
  expect([await stateOf(caseId), await right()]).toEqual(['exiting', 'ended']);
});

it('shows each party what is theirs, and nothing else', async () => {
  const { agreementId, applicationId } = await operating();
  const [expert] = experts as [Party];
  const scenarioId = await scenario(agreementId, '可见性');
  for (const reviewer of [authority, provider])
    await run('scenario.approve', reviewer, { scenarioId, opinion: '同意' });
  const { governanceId } = await run('governance.raise', operator, { agreementId, resourceId, problem: '缺一日' });
  const regulator: Actor = { ...rival, partyId: rival.partyId, roles: ['regulator'] };
  const ids = async (path: string, actor: Actor, query: unknown = {}) =>
    ((await look(path, actor, {}, query)) as { items: { id: string; scenario?: { id: string } }[] }).items;
  const sees = async (path: string, actor: Actor, id: unknown, query: unknown = {}) =>
    (await ids(path, actor, { limit: 100, ...(query as object) })).some((i) => i.id === id || i.scenario?.id === id);

  // Experts judged the application; what was agreed afterwards is not theirs.
  expect(await sees('/applications', expert, applicationId)).toBe(true);
  for (const path of ['/agreements', '/scenarios', '/governance-demands', '/use-rights'])
    expect(await ids(path, expert)).toEqual([]);
  expect(await refusedKind(look('/agreements/:agreementId', expert, { agreementId }))).toBe('not-found');
  for (const actor of [operator, authority, regulator]) {
    expect(await sees('/agreements', actor, agreementId)).toBe(true);
    expect(await sees('/scenarios', actor, scenarioId)).toBe(true);
    expect(await sees('/governance-demands', actor, governanceId)).toBe(true);
    expect(await sees('/use-rights', actor, scenarioId, { agreement: agreementId })).toBe(true);
  }
  // The provider knows who uses its data, and for what; the agreement is between others.
  expect(await sees('/use-rights', provider, scenarioId, { resource: resourceId, state: 'live' })).toBe(true);
  expect(await sees('/use-rights', provider, scenarioId, { state: 'suspended' })).toBe(false);
  expect(await ids('/use-rights', provider, { scenario: scenarioId })).toHaveLength(1);
  expect(await sees('/governance-demands', provider, governanceId)).toBe(true);
  expect(await sees('/agreements', provider, agreementId)).toBe(false);
  for (const path of ['/agreements', '/scenarios', '/governance-demands', '/use-rights'])
    expect(await ids(path, rival)).toEqual([]);
  const candidates = async () =>
    (
      (await look('/applications/:applicationId/experts', authority, { applicationId })) as unknown as {
        items: { id: string; tiedTo: { zh: string } | null }[];
      }
    ).items;
  expect((await candidates()).map((e) => e.id)).toEqual(expect.arrayContaining(experts.map((e) => e.partyId)));
  expect((await candidates()).some((e) => e.tiedTo)).toBe(false);
  await run('party.declare-affiliation', operator, { otherId: expert.partyId, nature: 'business', note: '内部说明' });
  expect((await candidates()).filter((e) => e.tiedTo).map((e) => e.id)).toEqual([expert.partyId]);
  expect(await look('/applications/:applicationId', expert, { applicationId })).toMatchObject({
    tiedTo: { zh: '申请人' },
  });
  const [own] = (await ids('/affiliations', operator)) as unknown as { own: boolean; note: string | null }[];
  expect(own).toMatchObject({ own: true, note: '内部说明' });
  expect(await ids('/affiliations', expert)).toMatchObject([
    { own: false, note: null, other: { id: operator.partyId } },
  ]);
  expect(await refusedKind(look('/applications/:applicationId/experts', provider, { applicationId }))).toBe(
    'not-found',
  );
  await sql`update party_affiliation set ended_at = now()`.execute(t.db);
});

it('sends a quality problem to the provider, with a clock', async () => {
  const { agreementId } = await operating();
  const { governanceId } = await run('governance.raise', operator, {
    agreementId,
    resourceId,
    problem: '1 月 3 日缺失',
  });
  expect(await refused('governance.answer', provider, { governanceId: governanceId, answer: '' })).toContain('HS-1.6');
  await run('governance.answer', provider, { governanceId, answer: '已补录' });
  expect(await run('governance.confirm', operator, { governanceId, solved: false })).toMatchObject({ state: 'raised' });
  await run('governance.answer', provider, { governanceId, answer: '再次补录' });
  expect(await run('governance.confirm', operator, { governanceId, solved: true })).toMatchObject({ state: 'closed' });
});
