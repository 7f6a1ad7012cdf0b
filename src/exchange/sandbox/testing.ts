import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Act, Actor, Refusal } from '../../kernel/acts/index.ts';
import { openLocalExecutor, type SandboxExecutor } from '../../kernel/isolation/index.ts';
import { beijingDay, loadRulebook } from '../../kernel/rulebook/index.ts';
import { type Platform, platform } from '../../platform.ts';
import { type TestExchange, testExchange } from '../testing.ts';
import { clearCopies } from './cache.ts';
import type { GrantPolicy } from './policy.ts';
import { preparedFile } from './prepare.ts';
import { configureSandbox } from './setting.ts';
import { grantsInHand } from './store.ts';

export type Party = Actor & { readonly partyId: string };

const DAY_MS = 86_400_000;
export const soon = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

const CARDS = 80;
const TRIPS_EACH = 5;

/** Trips of made-up cards on two lines, five each; every card has rows on one line. */
export const tripsOf = (cards: number): string => {
  const rows = Array.from({ length: cards * TRIPS_EACH }, (_, i) => {
    const card = Math.floor(i / TRIPS_EACH);
    return `L${(card % 2) + 1},C${card},${(i % 9) + 1},${card % 10 === 0 ? 'yes' : 'no'},${(i % 9) + 1}`;
  });
  return `line,card,fare,illness,paid\n${rows.join('\n')}\n`;
};

/** A holder with a table of trips, an operating unit with a right to it and trained people; for tests of the sandbox. */
export async function sandboxWorld() {
  const house: Platform = platform(loadRulebook());
  const t: TestExchange = await testExchange(house.tasks);
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const executor: SandboxExecutor = await openLocalExecutor({ folder: join(folder, 'jobs') });
  configureSandbox({ kernel: t.kernel, vault: t.vault, executor, folder: join(folder, 'tables') });
  const act = (name: string): Act => {
    const found = house.acts.find((a) => a.name === name);
    if (!found) throw new Error(`no act ${name}`);
    return found;
  };
  const run = (name: string, actor: Actor, input: unknown) => t.run(act(name), actor, input);
  const refusal = (name: string, actor: Actor, input: unknown): Promise<Refusal> => t.refusal(act(name), actor, input);
  const look = (path: string, actor: Actor, params: unknown = {}, query: unknown = {}) =>
    t.read(house.reads, path, actor, params, query) as Promise<Record<string, unknown>>;
  /** What of the sandbox waits for an actor under 轮到我办: act and subject. */
  const turns = async (actor: Actor): Promise<string[]> => {
    const { items } = (await look('/tasks', actor, {}, { limit: 50 })) as {
      items: { kind: string; act: string; subject: string }[];
    };
    return items.filter((i) => i.kind === 'sandbox').map((i) => `${i.act} ${i.subject}`);
  };
  /** Gives an actor of a test a person behind it. */
  const person = async (actor: Actor): Promise<void> => {
    await sql`insert into person (id, party_id, login, display_name, email, password, password_at, roles, personal_roles, created_at)
      values (${actor.personId}, ${actor.partyId}, ${actor.personId}, '测试人员', null, '', now(), ${[...actor.roles]}, '{}', now())`.execute(
      t.db,
    );
  };
  const train = (actor: Actor): Promise<unknown> =>
    run(
      'sandbox.record-training',
      { ...actor, roles: [...actor.roles, 'party-admin'] },
      {
        personId: actor.personId,
        heldOn: beijingDay(new Date()),
        topic: '数据安全与沙箱使用',
        validUntil: beijingDay(new Date(Date.now() + 30 * DAY_MS)),
      },
    );

  const holder: Party = await t.party('示例公交公司', ['data-merchant']);
  const operator: Party = await t.party('示例运营公司', ['operating-unit']);
  const colleague: Party = { ...operator, personId: operator.personId?.replace('psn_0', 'psn_7') ?? null };
  for (const one of [holder, operator, colleague]) await person(one);
  await train(operator);

  const register = async (
    csv: string,
    columns: readonly string[],
    sensitive: readonly string[] = [],
  ): Promise<string> => {
    const datasetId = await t.dataset(holder, csv);
    const { resourceId } = await run('resource.register', holder, {
      ...{ title: '乘车记录', summary: '测试数据', source: 'self-generated', sourceStatement: '测试生成', datasetId },
      ...{ sector: '交通运输', classification: { class: '出行', grade: 'general' }, updateFrequency: '每月' },
      ...{ containsPersonalInformation: true, consentBasis: '测试数据，不涉及任何人' },
      coverage: { region: '测试' },
      columns: columns.map((name) => ({ name, titleZh: name, sensitive: sensitive.includes(name) })),
    });
    return String(resourceId);
  };
  const resourceId = await register(tripsOf(CARDS), ['line', 'card', 'fare', 'illness', 'paid'], ['card', 'illness']);
  const authorise = async (change: Record<string, unknown> = {}): Promise<string> => {
    const { authorisationId } = await run('resource.authorise', holder, {
      ...{ resourceId, partyId: operator.partyId, purpose: '客流研究', validUntil: soon(60) },
      ...change,
    });
    const columns = ['line', 'card', 'fare', 'paid'];
    await sql`update resource_authorisation set columns = ${columns} where id = ${String(authorisationId)}`.execute(
      t.db,
    );
    return String(authorisationId);
  };
  const authorisationId = await authorise();
  const policy: GrantPolicy = {
    lanes: ['interactive', 'airlock'],
    entityKey: 'card',
    personal: true,
    columns: [
      { name: 'line', uses: ['group', 'filter'] },
      { name: 'card', uses: ['join'] },
      { name: 'fare', uses: ['filter'] },
      { name: 'paid', uses: ['aggregate'], range: { lower: 0, upper: 100 } },
    ],
    k: 10,
    dominancePermille: 900,
    ratioPermille: 100,
    privacy: { kind: 'exact' },
    cellsMax: 10_000,
    usesMax: 1_000,
    codeHashes: null,
  };
  const project = (change: Record<string, unknown> = {}) => ({
    ...{ title: '客流项目', purpose: '研究客流规律', memberIds: [operator.personId] },
    ...change,
  });
  const open = async (): Promise<string> => String((await run('sandbox.open-project', operator, project())).projectId);
  const granting = (projectId: string, change: Record<string, unknown> = {}) => ({
    ...{ projectId, resourceId, authorisationId, alias: 'trips', policy, validUntil: soon(30) },
    ...change,
  });
  const grant = async (projectId: string, change: Record<string, unknown> = {}) => {
    const made = await run('sandbox.grant-table', holder, granting(projectId, change));
    return { grantId: String(made.grantId), grantHash: String(made.grantHash) };
  };
  const prepare = async (grantId: string) => {
    const [inHand] = await grantsInHand(t.db, { grantIds: [grantId] }, new Date());
    if (!inHand) throw new Error(`no grant ${grantId}`);
    return preparedFile(inHand);
  };
  return {
    ...{
      t,
      house,
      act,
      run,
      refusal,
      look,
      turns,
      person,
      train,
      register,
      authorise,
      open,
      project,
      granting,
      grant,
      prepare,
    },
    ...{ holder, operator, colleague, resourceId, authorisationId, policy, executor },
    close: async () => {
      await executor.stop();
      await clearCopies();
      await rm(folder, { recursive: true, force: true });
      await t.close();
    },
  };
}
export type SandboxWorld = Awaited<ReturnType<typeof sandboxWorld>>;
