import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Act, Actor } from '../../../kernel/acts/index.ts';
import { loadRulebook } from '../../../kernel/rulebook/index.ts';
import { openVault, stageFile, acts as vaultActs } from '../../../kernel/vault/index.ts';
import { type Platform, platform } from '../../../platform.ts';
import { type TestExchange, testExchange } from '../../testing.ts';

export type Party = Actor & { readonly partyId: string };

/** An agreement on its way, for one operating unit. */
export interface Operation {
  readonly operator: Party;
  readonly announcementId: string;
  readonly applicationId: string;
  readonly caseId: string;
  readonly agreementId: string;
}

const DAY_MS = 86_400_000;
export const soon = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** An exchange with a data authority, a provider with a resource, and three experts; for tests of authorised operation. */
export async function authorisationWorld() {
  const house: Platform = platform(loadRulebook());
  const t: TestExchange = await testExchange(house.tasks);
  const folder = await mkdtemp(join(tmpdir(), 'authorisation-'));
  const vault = await openVault({ db: t.db, dataFolder: t.folder });
  const act = (name: string): Act => {
    const found = [...house.acts, ...vaultActs].find((a) => a.name === name);
    if (!found) throw new Error(`no act ${name}`);
    return found;
  };
  const run = (name: string, actor: Actor, input: unknown) => t.run(act(name), actor, input);
  const look = (path: string, actor: Actor, params: unknown = {}, query: unknown = {}) =>
    t.read(house.reads, path, actor, params, query) as Promise<Record<string, unknown>>;

  const authority: Party = await t.party('示例市大数据局', ['data-authority']);
  const provider: Party = await t.party('示例市交通运输局', ['data-provider'], 'administrative-organ');
  const exchange: Party = await t.party('示例数据交易所', ['exchange']);
  const experts: Party[] = [];
  for (const n of ['甲', '乙', '丙']) experts.push(await t.party(`示例${n}评审机构`, ['expert']));

  const resource = async (title: string, holder: Party = provider): Promise<string> => {
    const datasetId = await t.dataset(holder, 'line,day,passengers\n1,2026-01-01,100\n2,2026-01-01,200\n');
    const registered = await run('resource.register', holder, resourceOf(datasetId, title));
    return String(registered.resourceId);
  };
  const resourceId = await resource('地铁客流');

  const call = (change: Record<string, unknown> = {}) => ({
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
    ...change,
  });

  /** A paper of a party, attached to a case. */
  const paper = async (actor: Party, caseId: string, kind: string): Promise<void> => {
    const path = join(folder, `${kind}.pdf`);
    await writeFile(path, `%PDF ${kind}`);
    const uploadId = await stageFile(t.db, vault, { path, partyId: actor.partyId, name: `${kind}.pdf` });
    const { fileId } = await run('file.keep', actor, { uploadId });
    await t.jobs();
    await run('case.attach-document', actor, { caseId, fileId, kind });
  };

  /** The present clock of a case is over. */
  const overNow = async (caseId: string): Promise<void> => {
    await sql`update case_clock set due_at = now() - interval '1 second' where case_id = ${caseId} and state = 'running'`.execute(
      t.db,
    );
    await sql`update graphile_worker._private_jobs set run_at = now() - interval '1 second' where payload::text like '%clk_%'`.execute(
      t.db,
    );
    await t.jobs();
  };

  /** From the announcement to an agreement that both may sign. */
  const agreed = async (operator: Party): Promise<Operation> => {
    const { announcementId } = await run('announcement.publish', authority, call());
    const { applicationId, caseId } = await run('application.submit', operator, {
      announcementId,
      statement: '具备交通数据产品开发能力',
    });
    for (const kind of ['eligibility', 'security', 'plan']) await paper(operator, String(caseId), kind);
    await run('application.accept', authority, { applicationId, expertIds: experts.map((e) => e.partyId) });
    for (const expert of experts)
      await run('application.score', expert, { applicationId, points: [50, 30], opinion: '可行' });
    await run('application.conclude-review', authority, { applicationId });
    await overNow(String(caseId));
    const { agreementId } = await look('/applications/:applicationId', operator, { applicationId });
    return {
      operator,
      announcementId: String(announcementId),
      applicationId: String(applicationId),
      caseId: String(caseId),
      agreementId: String(agreementId),
    };
  };

  const sign = async ({ agreementId }: Operation, ...signers: Party[]): Promise<void> => {
    for (const signer of signers) {
      const { clausesHash } = await look('/agreements/:agreementId', signer, { agreementId });
      await run('agreement.sign', signer, { agreementId, clausesHash });
    }
  };

  /** An operating unit at work: signed and filed. */
  const operating = async (operator: Party): Promise<Operation> => {
    const operation = await agreed(operator);
    await sign(operation, operator, authority);
    await run('authorisation.file', authority, { agreementId: operation.agreementId, filingNumber: '备〔2026〕1号' });
    return operation;
  };

  const scenarioOf = ({ agreementId }: Operation, change: Record<string, unknown> = {}) => ({
    agreementId,
    resourceId,
    title: '客流指数',
    scenario: '按线路计算客流指数，供商铺保险定价',
    feasibility: '数据逐日完整',
    value: '降低小微商户保费',
    purpose: '客流指数产品',
    columns: ['line', 'passengers'],
    validUntil: soon(100),
    ...change,
  });

  return {
    house,
    t,
    authority,
    provider,
    exchange,
    experts,
    resourceId,
    resource,
    act,
    run,
    look,
    call,
    paper,
    overNow,
    agreed,
    sign,
    operating,
    scenarioOf,
    close: async () => {
      await t.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type AuthorisationWorld = Awaited<ReturnType<typeof authorisationWorld>>;

/** What a resource is registered with. */
export const resourceOf = (datasetId: string, title: string, change: Record<string, unknown> = {}) => ({
  datasetId,
  title,
  summary: '逐日客流',
  source: 'self-generated',
  sourceStatement: '闸机记录',
  sector: '交通运输',
  classification: { class: '交通运行', grade: 'general' },
  containsPersonalInformation: false,
  updateFrequency: '每月',
  coverage: { region: '示例市' },
  opening: 'paid',
  columns: ['line', 'day', 'passengers'].map((name) => ({ name, titleZh: name, sensitive: false })),
  ...change,
});
