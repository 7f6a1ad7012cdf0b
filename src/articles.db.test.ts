import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorisationWorld,
  authorisationWorld,
  type Operation,
  type Party,
  resourceOf,
  soon,
} from './exchange/authorisation/articles/testing.ts';
import { procedures } from './exchange/authorisation/index.ts';
import { buildApp } from './interfaces/http/app.ts';
import { usccCheckCharacter } from './kernel/access/index.ts';
import { type Actor, ANONYMOUS } from './kernel/acts/index.ts';
import { newId } from './kernel/ids.ts';
import { coverage } from './kernel/rulebook/coverage.ts';
import type { Text } from './kernel/text.ts';

/**
 * Each article of Jinan's measures that is encoded, broken once through the public API: a tier-A row refuses, a monitored
 * or recorded one lets it pass and raises an alert that names it. A row without a line here fails the first test.
 */
let w: AuthorisationWorld;
let app: FastifyInstance;
let operating: Operation;
let correcting: Operation;
let disqualified: Operation;
let unsigned: Operation;
let leaving: Operation;
let maintainer: Party;
let late: string;
let serial = 0;
const actors = new Map<string, Actor>();

interface Attempt {
  readonly act: string;
  readonly by: Actor;
  readonly input: unknown;
  /** The form itself knows nothing else: refused before the rule, naming this field. */
  readonly field?: string;
}
type Line = () => Attempt | Promise<Attempt>;

const operatorOf = (name: string) => w.t.party(name, ['operating-unit']);

beforeAll(async () => {
  w = await authorisationWorld();
  const { kernel } = w.t;
  app = await buildApp({
    kernel,
    acts: w.house.acts,
    reads: w.house.reads,
    version: 'test',
    authenticate: async ({ headers }) => actors.get(String(headers.authorization).replace('Bearer ', '')) ?? ANONYMOUS,
    extras: [],
    webRoot: null,
    ready: async () => true,
    rateLimitPerMinute: 1_000_000,
    trustProxy: false,
  });
  maintainer = await w.t.party('示例运维公司', ['operating-unit']);
  await sql`insert into party_register (party_id, business_types, maintains_platform) values (${maintainer.partyId}, '{}', true)`.execute(
    w.t.db,
  );
  unsigned = await w.agreed(await operatorOf('示例待签公司'));
  operating = await w.operating(await operatorOf('示例运营公司'));
  correcting = await w.operating(await operatorOf('示例整改公司'));
  disqualified = await w.operating(await operatorOf('示例除名公司'));
  leaving = await w.operating(await operatorOf('示例退出公司'));
  for (const { agreementId } of [correcting, disqualified])
    await w.run('authorisation.evaluate', w.authority, { agreementId, passed: false, findings: '日志不全' });
  await w.overNow(disqualified.caseId);
  await w.run('authorisation.exit', w.authority, { agreementId: leaving.agreementId, reason: '合同到期前终止' });
  late = await w.resource('公交到站');
  // Given away before the measures were adopted: since then nobody can.
  await sql`insert into resource_authorisation (id, resource_id, party_id, purpose, valid_until, granted_at)
    values (${newId('aut')}, ${late}, ${operating.operator.partyId}, '试用', now() + interval '30 days', now())`.execute(
    w.t.db,
  );
}, 120_000);
afterAll(async () => {
  await app?.close();
  await w?.close();
});

async function send({ act, by, input }: Attempt, headers: Readonly<Record<string, string>> = {}) {
  const token = newId('tok');
  actors.set(token, by);
  return app.inject({
    method: 'POST',
    url: `/v1/acts/${act}`,
    headers: { ...headers, authorization: `Bearer ${token}` },
    payload: input as object,
  });
}

/** The clock of a case ran out two days ago. */
const overdue = (caseId: string) =>
  sql`update case_file set due_at = now() - interval '2 days' where id = ${caseId}`.execute(w.t.db);
const dutyOf = async (agreementId: string, kind: 'evaluation' | 'training'): Promise<string> =>
  (
    await w.t.db
      .selectFrom('operation_duty')
      .select('case_id')
      .where('agreement_id', '=', agreementId)
      .where('kind', '=', kind)
      .executeTakeFirstOrThrow()
  ).case_id;
async function asked(): Promise<{ title: string; scenarioId: string; caseId: string }> {
  const title = `客流场景${++serial}`;
  const made = await w.run('scenario.ask', operating.operator, w.scenarioOf(operating, { title }));
  return { title, scenarioId: String(made.scenarioId), caseId: String(made.caseId) };
}
const announce = (change: Record<string, unknown>, by: Actor = w.authority): Attempt => ({
  act: 'announcement.publish',
  by,
  input: w.call(change),
});
const ask = (change: Record<string, unknown>, of: Operation = operating): Attempt => ({
  act: 'scenario.ask',
  by: of.operator,
  input: w.scenarioOf(of, change),
});
const register = async (by: Party, change: Record<string, unknown>): Promise<Attempt> => ({
  act: 'resource.register',
  by,
  input: resourceOf(await w.t.dataset(by, 'line,day,passengers\n1,2026-01-01,9\n'), '新的资源', change),
});

const REFUSED: Readonly<Record<string, Line>> = {
  'JN-3.1': async () => register(await w.t.party('示例无类别单位', ['data-provider']), {}),
  'JN-3.2': () => ask({}, leaving),
  'JN-3.4': () => ({
    act: 'product.draft',
    by: operating.operator,
    input: { kind: 'raw-access', title: '原始数据直供' },
    field: 'kind',
  }),
  'JN-6.2': () =>
    register(w.provider, {
      columns: ['line', 'day', 'passengers'].map((name) => ({ name, titleZh: name, sensitive: true })),
    }),
  'JN-7.1': () => announce({}, w.provider),
  'JN-8.1': () => announce({ criteria: [{ title: '运营方案', weight: 60 }] }),
  'JN-8.2': async () => {
    const { announcementId } = await w.run('announcement.publish', w.authority, w.call());
    await sql`update operation_announcement set apply_until = now() where id = ${announcementId}`.execute(w.t.db);
    return {
      act: 'application.submit',
      by: await operatorOf('示例迟到公司'),
      input: { announcementId, statement: '申请' },
    };
  },
  'JN-8.3': async () => {
    const { announcementId } = await w.run('announcement.publish', w.authority, w.call());
    const by = await operatorOf('示例两专家公司');
    const { applicationId, caseId } = await w.run('application.submit', by, { announcementId, statement: '申请' });
    for (const kind of ['eligibility', 'security', 'plan']) await w.paper(by, String(caseId), kind);
    const expertIds = w.experts.slice(1).map((e) => e.partyId);
    return { act: 'application.accept', by: w.authority, input: { applicationId, expertIds } };
  },
  'JN-8.4': () => announce({ mode: 'field', authorityId: operating.operator.partyId }, w.provider),
  'JN-8.5': () => ({
    act: 'agreement.sign',
    by: unsigned.operator,
    input: { agreementId: unsigned.agreementId, clausesHash: '0'.repeat(64) },
  }),
  'JN-8.6': () => ({
    act: 'resource.authorise',
    by: w.provider,
    input: {
      resourceId: w.resourceId,
      partyId: operating.operator.partyId,
      purpose: '过期',
      validUntil: '2020-01-01T00:00:00Z',
    },
  }),
  'JN-9.1': () => ({
    act: 'agreement.revise',
    by: w.authority,
    input: { agreementId: unsigned.agreementId, clauses: { exit: { zh: '', en: '' } } },
  }),
  'JN-10.1': () => ask({ title: '工资', columns: ['salary'] }),
  'JN-10.2': () => ({
    act: 'governance.raise',
    by: operating.operator,
    input: { agreementId: operating.agreementId, resourceId: late, problem: '缺少到站时间' },
  }),
  'JN-12.3': () => ask({}, correcting),
  'JN-12.4': () => ({
    act: 'authorisation.report-correction',
    by: correcting.operator,
    input: { agreementId: correcting.agreementId, correction: '已补齐日志' },
  }),
  'JN-12.5': () => ask({}, disqualified),
  'JN-13.1': () => announce({ resourceIds: [late] }),
  'JN-13.3': async () => ({
    act: 'application.submit',
    by: maintainer,
    input: {
      announcementId: (await w.run('announcement.publish', w.authority, w.call())).announcementId,
      statement: '申请',
    },
  }),
  'JN-13.4': () => ({
    act: 'maintenance.entrust',
    by: w.authority,
    input: { partyId: w.authority.partyId, scope: '日常运维', from: soon(0), until: soon(365) },
  }),
  'JN-14.1': async () => {
    const { scenarioId } = await asked();
    await w.run('scenario.approve', w.authority, { scenarioId, opinion: '同意' });
    return { act: 'scenario.approve', by: w.authority, input: { scenarioId, opinion: '代为同意' } };
  },
  'JN-14.2': async () => {
    const { title } = await asked();
    return ask({ title });
  },
  'JN-14.4': async () => {
    const dataset = await w.t.db.selectFrom('dataset').select('object_id').executeTakeFirstOrThrow();
    const orderId = newId('ord');
    const terms = {
      licence: { validDays: 30 },
      delivery: { method: 'file' },
      calls: null,
    };
    await sql`insert into trade_order (id, product_id, product_version, object_id, buyer_party_id, seller_party_id, state,
        quantity, purpose, terms, terms_hash, total_fen, placed_at, buyer_signed_at, seller_signed_at, paid_at)
      values (${orderId}, ${newId('prd')}, 1, ${dataset.object_id}, ${w.exchange.partyId}, ${operating.operator.partyId}, 'paid',
        1, '研究', ${JSON.stringify(terms)}::jsonb, 'x', 0, now(), now(), now(), now())`.execute(w.t.db);
    return { act: 'delivery.deliver', by: operating.operator, input: { orderId } };
  },
  'JN-15.1': () => ({
    act: 'application.withdraw',
    by: w.authority,
    input: { applicationId: operating.applicationId },
  }),
  'JN-15.2': async () => {
    const body = `91370100MA5TEXT${String(++serial).padStart(2, '0')}`;
    const { partyId } = await w.run('party.apply', ANONYMOUS, {
      name: '示例无负责人公司',
      uscc: `${body}${usccCheckCharacter(body)}`,
      contact: '0531-00000000',
      roles: ['operating-unit'],
      login: `nohead${serial}`,
      password: 'a long enough password',
      displayName: '某甲',
      statement: '从事数据开发',
    });
    return {
      act: 'party.admit',
      by: w.exchange,
      input: { partyId, identityChecked: true, reason: '已核验营业执照' },
    };
  },
  'JN-17.1': async () => {
    const { operator } = operating;
    await sql`insert into person (id, party_id, login, display_name, password, password_at, roles, personal_roles, created_at)
      values (${operator.personId}, ${operator.partyId}, ${operator.personId}, '技术人员', '', now(), '{}', '{}', now())
      on conflict do nothing`.execute(w.t.db);
    const { projectId } = await w.run('sandbox.open-project', operator, {
      title: '客流研究',
      purpose: '研究客流规律',
      memberIds: [operator.personId],
    });
    return { act: 'sandbox.query', by: operator, input: { projectId, sql: 'select count(*) as n from trips' } };
  },
  'JN-17.2': () => ({
    act: 'authorisation.settle-exit',
    by: leaving.operator,
    input: { agreementId: leaving.agreementId, statement: '已清除' },
  }),
};

const REPORTED: Readonly<Record<string, Line>> = {
  'JN-3.3': () => announce({ interests: ['public-interest'], protection: '已脱敏' }),
  'JN-5.2': async () => {
    const { scenarioId, caseId } = await asked();
    await overdue(caseId);
    return { act: 'scenario.approve', by: w.provider, input: { scenarioId, opinion: '同意' } };
  },
  'JN-8.7': async () => {
    const operation = await w.agreed(await operatorOf('示例迟备公司'));
    await w.sign(operation, operation.operator, w.authority);
    await overdue(operation.caseId);
    return {
      act: 'authorisation.file',
      by: w.authority,
      input: { agreementId: operation.agreementId, filingNumber: '备〔2026〕9号' },
    };
  },
  'JN-10.3': async () => {
    const { governanceId, caseId } = await w.run('governance.raise', operating.operator, {
      agreementId: operating.agreementId,
      resourceId: w.resourceId,
      problem: '1 月 3 日缺失',
    });
    await overdue(String(caseId));
    return { act: 'governance.answer', by: w.provider, input: { governanceId, answer: '已补录' } };
  },
  'JN-11.2': () => ({
    act: 'inspection.record',
    by: w.authority,
    input: { agreementId: operating.agreementId, accepted: true, standardsFollowed: false, findings: '日志未加密' },
  }),
  'JN-12.1': async () => {
    await overdue(await dutyOf(operating.agreementId, 'evaluation'));
    return {
      act: 'authorisation.evaluate',
      by: w.authority,
      input: { agreementId: operating.agreementId, passed: true, findings: '合格' },
    };
  },
  'JN-12.2': () => ({
    act: 'authorisation.evaluate',
    by: w.authority,
    input: { agreementId: operating.agreementId, passed: true, findings: '材料不实，已改正', conduct: 'false-report' },
  }),
  'JN-14.3': () => ask({ title: `待判断的场景${++serial}` }),
  'JN-16.1': () => announce({}),
  'JN-16.2': async () => {
    await overdue(await dutyOf(operating.agreementId, 'training'));
    return {
      act: 'training.record',
      by: w.authority,
      input: {
        agreementId: operating.agreementId,
        kind: 'training',
        heldOn: '2026-01-05',
        topic: '数据安全',
        participants: 12,
      },
    };
  },
  'JN-17.3': async () => {
    await overdue(operating.caseId);
    return {
      act: 'authorisation.report-security',
      by: operating.operator,
      input: { agreementId: operating.agreementId, summary: '无事件', incidents: 0, trainings: 1, drills: 0 },
    };
  },
};

const rows = () => coverage(w.t.kernel.rulebook, w.house.acts).filter((r) => r.document.code === 'JN');

it('has a line for every article that is encoded, and no article of Jinan is left open', () => {
  const by = (...status: string[]) =>
    rows()
      .filter((r) => status.includes(r.status))
      .map((r) => r.article.id)
      .sort();
  expect(by('open')).toEqual([]);
  expect(Object.keys(REFUSED).sort()).toEqual(by('enforced'));
  expect(Object.keys(REPORTED).sort()).toEqual(by('monitored', 'recorded'));
});

describe('a tier-A article', () => {
  it.each(Object.entries(REFUSED))('%s refuses, and is named', async (row, line) => {
    const attempt = await line();
    const answer = await send(attempt);
    const { violations = [] } = answer.json() as {
      violations?: { rule: string; article: string; fact: Text; remedy: Text }[];
    };
    if (attempt.field !== undefined) {
      expect(answer.statusCode, answer.body).toBe(400);
      expect(violations.map((v) => v.fact.en).join()).toContain(attempt.field);
      return;
    }
    expect([attempt.act, violations.map((v) => v.rule)]).toEqual([attempt.act, expect.arrayContaining([row])]);
    const said = violations.find((v) => v.rule === row);
    expect(said?.article).toMatch(/^济南授权运营办法/);
    expect([said?.fact, said?.remedy].flatMap((t) => [t?.zh, t?.en]).every((words) => words?.trim())).toBe(true);
  });
});

describe('a monitored article', () => {
  const monitored = Object.entries(REPORTED).filter(([row]) => row !== 'JN-14.3');
  it.each(monitored)('%s lets it pass, and is shown to the supervisor', async (row, line) => {
    const answer = await send(await line());
    expect(answer.statusCode, answer.body).toBe(200);
    const { receipt } = answer.json() as { receipt: { id: string } };
    const { rows: alerts } = await sql<{ rule_id: string }>`
      select rule_id from alert where act_id = ${receipt.id.replace('rct_', 'act_')}`.execute(w.t.db);
    expect(alerts.map((a) => a.rule_id)).toContain(row);
  });
});

it('keeps the words a human judgement rests on, with the decision under JN-14.3', async () => {
  const answer = await send(await (REPORTED['JN-14.3'] as Line)());
  const { receipt, result } = answer.json() as { receipt: { id: string }; result: { scenarioId: string } };
  const { rows: kept } = await sql<{ decisions: { rule: string; effect: string; outcome: string }[] }>`
    select decisions from act_log where id = ${receipt.id.replace('rct_', 'act_')}`.execute(w.t.db);
  expect(kept[0]?.decisions.find((d) => d.rule === 'JN-14.3')).toMatchObject({ effect: 'record', outcome: 'ok' });
  const { items } = (await w.look('/scenarios', w.authority, {}, { id: result.scenarioId })) as { items: unknown[] };
  expect(items).toMatchObject([{ feasibility: '数据逐日完整', value: '降低小微商户保费' }]);
});

describe('two people at once', () => {
  const sendAt = (attempt: Attempt, version: number) => send(attempt, { 'if-match': `"${version}"` });
  const versionOf = async (caseId: string): Promise<number> =>
    (await w.t.db.selectFrom('case_file').select('version').where('id', '=', caseId).executeTakeFirstOrThrow()).version;
  const reason = '同时办理';

  it('lets one win, and tells the other what the case is now', async () => {
    const { agreementId, caseId, operator } = await w.operating(await operatorOf('示例同时公司'));
    const rounds: readonly (readonly [Attempt, Attempt])[] = [
      [
        { act: 'authorisation.suspend', by: w.authority, input: { agreementId, reason } },
        { act: 'authorisation.evaluate', by: w.authority, input: { agreementId, passed: true, findings: reason } },
      ],
      [
        { act: 'authorisation.exit', by: operator, input: { agreementId, reason } },
        { act: 'authorisation.exit', by: w.authority, input: { agreementId, reason } },
      ],
    ];
    for (const [one, other] of rounds) {
      const version = await versionOf(caseId);
      const answers = await Promise.all([sendAt(one, version), sendAt(other, version)]);
      expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 409]);
      const lost = answers.find((a) => a.statusCode === 409)?.json() as { violations: { rule: string; fact: Text }[] };
      expect(lost.violations[0]).toMatchObject({
        rule: 'HS-1.5',
        fact: { zh: `您看到的是第 ${version} 版，现在是第 ${version + 1} 版。` },
      });
      expect(await versionOf(caseId)).toBe(version + 1);
    }
    // Whoever did not say what they saw is told where the case stands instead.
    const again = await send({ act: 'authorisation.suspend', by: w.authority, input: { agreementId, reason } });
    expect(again.json()).toMatchObject({ violations: [{ fact: { zh: expect.stringContaining('退出中') } }] });
  });

  it('holds for every act that moves a case of authorised operation', () => {
    // Experts score side by side: the last sheet moves the case, and none of them may be sent away.
    const beside = ['application.score'];
    const moving = procedures.flatMap((p) =>
      Object.values(p.states).flatMap((state) => Object.values(state.moves).map((move) => move.act)),
    );
    const unseen = [...new Set(moving)]
      .map((name) => w.act(name))
      .filter(({ by, definition, name }) => by.kind !== 'system' && !definition.version && !beside.includes(name))
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('notice.'));
    expect(unseen).toEqual([]);
  });
});

describe('without the adoption', () => {
  it('nothing in Jinan’s draft refuses or alerts anything', async () => {
    const attempts: Attempt[] = [];
    for (const line of Object.values({ ...REPORTED, ...REFUSED })) attempts.push(await line());
    await sql`update document_adoption set revoked_at = now() where document = 'JN'`.execute(w.t.db);
    const alertsBefore = await alertsOfJinan();
    let passed = 0;
    for (const attempt of attempts) {
      const answer = await send(attempt);
      const { type = '', violations = [] } = answer.json() as { type?: string; violations?: { rule: string }[] };
      if (answer.statusCode === 200) passed++;
      // Where a case stands is the procedure itself; a rule of the draft must not be what refuses.
      else if (type.endsWith('rule'))
        expect([attempt.act, violations.filter((v) => v.rule.startsWith('JN-'))]).toEqual([attempt.act, []]);
    }
    expect(passed).toBeGreaterThan(attempts.length / 2);
    expect(await alertsOfJinan()).toBe(alertsBefore);
  });
});

async function alertsOfJinan(): Promise<number> {
  const { rows: found } = await sql<{
    n: number;
  }>`select count(*)::int as n from alert where rule_id like 'JN-%'`.execute(w.t.db);
  return found[0]?.n ?? 0;
}
