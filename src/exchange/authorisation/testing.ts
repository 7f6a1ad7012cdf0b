import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Act, Actor } from '../../kernel/acts/index.ts';
import { openVault, stageFile, acts as vaultActs } from '../../kernel/vault/index.ts';
import { type TestExchange, testExchange } from '../testing.ts';

type Party = Actor & { readonly partyId: string };
interface House {
  readonly acts: readonly Act[];
  readonly reads: Parameters<TestExchange['read']>[0];
  readonly tasks: Parameters<typeof testExchange>[0];
}

const DAY_MS = 86_400_000;
export const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** An exchange with a data authority, a provider and experts, and the whole procedure of authorised operation to call; for tests. */
export async function testOperation(house: House) {
  const t = await testExchange(house.tasks);
  const folder = await mkdtemp(join(tmpdir(), 'operation-'));
  const act = (name: string): Act => {
    const found = house.acts.find((a) => a.name === name);
    if (!found) throw new Error(`no act ${name}`);
    return found;
  };
  const run = (name: string, actor: Actor, input: unknown) => t.run(act(name), actor, input);
  const look = (path: string, actor: Actor, params: unknown = {}, query: unknown = {}) =>
    t.read(house.reads, path, actor, params, query) as Promise<Record<string, unknown>>;
  const authority = await t.party('示例市大数据局', ['data-authority']);
  const provider = await t.party('示例市交通运输局', ['data-provider'], 'administrative-organ');
  const experts = await Promise.all(['甲', '乙', '丙'].map((n) => t.party(`示例${n}评审机构`, ['expert'])));

  /** A file of a party, kept in the vault. */
  async function keep(actor: Party, name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    const vault = await openVault({ db: t.db, dataFolder: t.folder });
    const uploadId = await stageFile(t.db, vault, { path, partyId: actor.partyId, name });
    const keepFile = vaultActs.find((a) => a.name === 'file.keep');
    if (!keepFile) throw new Error('no file.keep');
    const { fileId } = await t.run(keepFile, actor, { uploadId });
    await t.jobs();
    return String(fileId);
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

  return {
    ...t,
    t,
    act,
    run,
    look,
    authority,
    provider,
    keep,
    /** A resource of the provider. @param sensitive names of sensitive columns */
    resource: async (
      csv: string,
      options: { readonly title?: string; readonly sensitive?: readonly string[]; readonly conditions?: string } = {},
    ) => {
      const datasetId = await t.dataset(provider, csv);
      const sensitive = options.sensitive ?? [];
      const columns = csv.slice(0, csv.indexOf('\n')).split(',');
      const { resourceId } = await run('resource.register', provider, {
        datasetId,
        title: options.title ?? '地铁客流',
        summary: '逐日客流',
        source: 'self-generated',
        sourceStatement: '闸机记录',
        sector: '交通运输',
        classification: { class: '交通运行', grade: 'general' },
        containsPersonalInformation: sensitive.length > 0,
        ...(sensitive.length > 0 ? { consentBasis: '乘客授权书' } : {}),
        updateFrequency: '每月',
        coverage: { region: '示例市' },
        ...(options.conditions ? { opening: 'conditional', conditions: options.conditions } : { opening: 'paid' }),
        columns: columns.map((name) => ({ name, titleZh: name, sensitive: sensitive.includes(name) })),
      });
      return String(resourceId);
    },
    /** From the announcement to an agreement both have signed. */
    agreement: async (
      operator: Party,
      resourceIds: readonly string[],
    ): Promise<{ agreementId: string; caseId: string }> => {
      const { announcementId } = await run('announcement.publish', authority, {
        mode: 'comprehensive',
        title: '交通数据授权运营',
        scope: '交通领域公共数据',
        conditions: '依法设立，具备数据安全能力',
        requirements: '每年开发不少于三个产品。',
        criteria: [{ title: '运营方案', weight: 100 }],
        passScore: 70,
        resourceIds,
        authorityId: authority.partyId,
        applyUntil: inDays(30),
      });
      const application = await run('application.submit', operator, { announcementId, statement: '具备能力' });
      const { applicationId, caseId } = application as { applicationId: string; caseId: string };
      for (const kind of ['eligibility', 'security', 'plan']) {
        const fileId = await keep(operator, `${kind}.pdf`, `%PDF ${kind} ${caseId}`);
        await run('case.attach-document', operator, { caseId, fileId, kind });
      }
      await run('application.accept', authority, { applicationId, expertIds: experts.map((e) => e.partyId) });
      for (const expert of experts)
        await run('application.score', expert, { applicationId, points: [80], opinion: '可行' });
      await run('application.conclude-review', authority, { applicationId });
      await overNow(caseId);
      const { agreementId } = await look('/applications/:applicationId', operator, { applicationId });
      const { clausesHash } = await look('/agreements/:agreementId', operator, { agreementId });
      await run('agreement.sign', authority, { agreementId, clausesHash });
      await run('agreement.sign', operator, { agreementId, clausesHash });
      return { agreementId: String(agreementId), caseId };
    },
    /** What a scenario asks for; approve it with {@link grant}. */
    scenario: (agreementId: string, resourceId: string, change: Readonly<Record<string, unknown>> = {}) => ({
      agreementId,
      resourceId,
      title: '客流指数',
      scenario: '按线路计算客流指数，供商铺保险定价',
      feasibility: '数据逐日完整',
      value: '降低小微商户保费',
      purpose: '客流指数产品',
      columns: ['line', 'passengers'],
      validUntil: inDays(100),
      ...change,
    }),
    grant: async (operator: Party, asked: unknown): Promise<string> => {
      const { scenarioId } = await run('scenario.ask', operator, asked);
      await run('scenario.approve', authority, { scenarioId, opinion: '同意' });
      await run('scenario.approve', provider, { scenarioId, opinion: '同意' });
      return String(scenarioId);
    },
    end: async () => {
      await t.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
