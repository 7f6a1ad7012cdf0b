import { join } from 'node:path';
import { sql } from 'kysely';
import type { Act, Actor } from '../../../kernel/acts/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { openLocalExecutor, type SandboxExecutor } from '../../../kernel/isolation/index.ts';
import type { Vault } from '../../../kernel/vault/index.ts';
import * as catalog from '../../catalog/index.ts';
import * as products from '../../products/index.ts';
import { type TestExchange, testExchange } from '../../testing.ts';
import * as sandbox from '../index.ts';

export type Person = Actor & { readonly partyId: string; readonly personId: string };
type Input = Record<string, unknown>;

const acts: readonly Act[] = [...sandbox.acts, ...catalog.acts, ...products.acts];
export const named = (name: string): Act => {
  const found = acts.find((a) => a.name === name);
  if (!found) throw new Error(`no act ${name}`);
  return found;
};

const COLUMNS = ['person', 'city', 'amount', 'code'];
const CITIES = ['济南', '青岛', '烟台', '潍坊'];
const PEOPLE = 400;

/** 400 made-up people, five payments each; every amount is a person's own, and one lives alone in a city. */
export function payments(seed = 0): string {
  const lines = [COLUMNS.join(',')];
  for (let i = 0; i < PEOPLE * 5; i++) {
    const person = i % PEOPLE;
    const city = person === 7 ? '孤城' : CITIES[person % CITIES.length];
    lines.push(`u${seed}-${person},${city},${(person * 1_009 + i * 17 + seed) % 99_991}.25,${i % 10}`);
  }
  return lines.join('\n');
}

export interface TestAirlock {
  readonly x: TestExchange;
  readonly vault: Vault;
  readonly executor: SandboxExecutor;
  readonly holder: Person;
  readonly second: Person;
  readonly operator: Person;
  /** A colleague of the operator's submitter. */
  readonly colleague: Person;
  readonly project: string;
  /** A grant under the alias; of its own right. @returns what revoking and suspending need */
  readonly grant: (
    by: Person,
    alias: string,
    policy?: Input,
  ) => Promise<{ grantId: string; agreementId: string; resourceId: string }>;
  readonly submit: (code: string, output: Input, more?: Input) => Promise<string>;
  readonly job: (jobId: string, by?: Person) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

export const POLICY = {
  lanes: ['airlock'],
  entityKey: 'person',
  personal: true,
  columns: [
    { name: 'city', uses: ['group', 'filter'] },
    { name: 'amount', uses: ['aggregate'] },
    { name: 'code', uses: ['group', 'filter'] },
  ],
  k: 10,
  dominancePermille: 900,
  ratioPermille: 100,
  privacy: { kind: 'exact' },
  cellsMax: 100_000,
  usesMax: 1_000,
  codeHashes: null,
};

/** A project of an operating unit, two holders with a table each, and an executor that runs real processes. */
export async function testAirlock(): Promise<TestAirlock> {
  const x = await testExchange([...sandbox.tasks, ...products.tasks]);
  const executor = await openLocalExecutor({ folder: join(x.folder, 'jobs'), warm: 0 });
  sandbox.configureSandbox({ kernel: x.kernel, vault: x.vault, executor, folder: join(x.folder, 'tables') });
  const party = async (name: string, roles: readonly string[]) => (await x.party(name, roles)) as Person;
  const holder = await party('样例商圈公司', ['data-merchant']);
  const second = await party('样例物流公司', ['data-merchant']);
  const operator = await party('样例运营公司', ['operating-unit']);
  const colleague: Person = { ...operator, personId: newId('psn') };
  const person = (p: Person, login: string) =>
    sql`insert into person (id, party_id, login, display_name, password, password_at, created_at)
      values (${p.personId}, ${p.partyId}, ${login}, ${login}, '-', now(), now())`.execute(x.db);
  await person(operator, 'analyst');
  await person(colleague, 'colleague');
  const today = new Date().toISOString().slice(0, 10);
  await x.db
    .insertInto('sandbox_training')
    .values({
      ...{ id: newId('sbt'), party_id: operator.partyId, person_id: operator.personId, held_on: '2026-01-01' },
      ...{ topic: '上岗安全', valid_until: `${Number(today.slice(0, 4)) + 1}-01-01`, recorded_at: new Date() },
    })
    .execute();
  const { projectId } = await x.run(named('sandbox.open-project'), operator, {
    ...{ title: '消费分析', purpose: '城市消费统计', memberIds: [operator.personId] },
  });
  let seed = 0;
  const grant: TestAirlock['grant'] = async (by, alias, policy = {}) => {
    const datasetId = await x.dataset(by, payments(++seed));
    const { resourceId } = await x.run(named('resource.register'), by, {
      ...{
        title: `消费记录 ${alias}`,
        summary: '虚构的消费记录',
        source: 'self-generated',
        sourceStatement: '自有系统',
      },
      ...{ sector: '商贸', classification: { class: '消费', grade: 'general' }, containsPersonalInformation: true },
      ...{ consentBasis: '会员协议', updateFrequency: '每月', coverage: { region: '示例省' }, datasetId },
      columns: COLUMNS.map((name) => ({ name, titleZh: name, sensitive: name === 'person' })),
    });
    const agreementId = newId('agr');
    const right = {
      ...{ agreementId, scenarioId: newId('scn'), resourceId: String(resourceId), partyId: operator.partyId },
      ...{ purpose: '统计', columns: COLUMNS, rowFilter: [], validUntil: new Date(Date.now() + 86_400_000 * 9) },
      ...{ rowsMax: null, usesMax: null },
    };
    const authorisationId = await x.db.transaction().execute((tx) => catalog.grantUse(tx, right, new Date()));
    const { grantId } = await x.run(named('sandbox.grant-table'), by, {
      ...{ projectId, resourceId, authorisationId, alias, policy: { ...POLICY, ...policy } },
      validUntil: new Date(Date.now() + 86_400_000).toISOString(),
    });
    await x.jobs();
    return { grantId: String(grantId), agreementId, resourceId: String(resourceId) };
  };
  const submit: TestAirlock['submit'] = async (code, output, more = {}) => {
    const input = { projectId, language: 'sql', code, output, ...more };
    return String((await x.run(named('sandbox.submit'), operator, input)).jobId);
  };
  const job: TestAirlock['job'] = async (jobId, by = operator) =>
    (await x.read(sandbox.reads, '/sandbox-jobs/:jobId', by, { jobId })) as Record<string, unknown>;
  const close = async () => {
    await executor.stop();
    await sandbox.clearCopies();
    await x.close();
  };
  const project = String(projectId);
  return { x, vault: x.vault, executor, holder, second, operator, colleague, project, grant, submit, job, close };
}
