import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ANONYMOUS } from '../src/kernel/acts/index.ts';
import { money } from '../src/kernel/ledger/index.ts';
import { beijingDay } from '../src/kernel/rulebook/index.ts';
import { stageFile } from '../src/kernel/vault/index.ts';
import { AUTHORISED_COUNT, authoriseOperation } from './authorisation.ts';
import { assemble, PARTY_COUNT, type SampleAccount } from './cast.ts';
import { certify } from './certificates.ts';
import { askConsent } from './consent.ts';
import { RESOURCES, type SampleResource, type Size } from './data.ts';
import { leaveDirectoryOpen } from './directory.ts';
import { draft, offer } from './offering.ts';
import { capPrices } from './prices.ts';
import { PRODUCTS } from './products.ts';
import { openSandbox, SANDBOX_COUNT } from './sandbox.ts';
import { sellService } from './service.ts';
import { type Report, type SampleContext, Stage } from './stage.ts';
import { deposit, TRADES, trade } from './trades.ts';
import { tryOut } from './trial.ts';

export type { SampleAccount } from './cast.ts';
export type { SampleContext } from './stage.ts';

const DAY_MS = 86_400_000;

/**
 * Builds the sample exchange by executing real acts on real data, in the name of its people: no row is written behind
 * their back. Killed in the middle, it goes on where it stopped; run again, it changes nothing. Jobs must be running.
 * @returns the accounts; empty when the platform was set up by somebody else
 */
export async function buildSample(
  context: SampleContext,
  report: Report,
  { size = 'full' }: { readonly size?: Size } = {},
): Promise<readonly SampleAccount[]> {
  const stage = await Stage.open(context);
  if (!stage) return [];
  const counted = (step: string, total: number) => {
    let done = 0;
    report(step, { done, total });
    return () => report(step, { done: ++done, total });
  };
  const accounts = await assemble(stage, counted('单位入驻 parties', PARTY_COUNT));
  await adoptDrafts(stage);
  const registered = counted('数据入库与登记 resources', RESOURCES.length);
  const resources = new Map<string, string>();
  // All at once: the jobs wait for nobody but the processor.
  await Promise.all(
    RESOURCES.map(async (resource) => {
      resources.set(resource.key, await registerResource(stage, resource, size));
      registered();
    }),
  );
  const authorised = counted('公共数据授权运营 authorised operation', AUTHORISED_COUNT);
  const grounds = await authoriseOperation(stage, resources, authorised);
  const offered = counted('产品加工、评估与挂牌 products', PRODUCTS.length);
  const products = new Map<string, string>();
  await inTurn(PRODUCTS, async (product) => {
    products.set(
      product.key,
      await draft(stage, product, resources.get(product.resource) ?? '', grounds.get(product.key)),
    );
  });
  await capPrices(stage, products, grounds);
  await Promise.all(
    PRODUCTS.map(async (product) => {
      await offer(stage, product, products.get(product.key) ?? '');
      offered();
    }),
  );
  const traded = counted('交易 trades', TRADES.length);
  await deposit(stage);
  const orders = new Map<string, { orderId: string; deliveryId: string | null }>();
  await inTurn(TRADES, async (t) => {
    const seller = PRODUCTS.find((p) => p.key === t.product)?.seller ?? '';
    orders.set(t.key, await trade(stage, t, products.get(t.product) ?? '', seller));
    traded();
  });
  report('凭证、需求与举报 certificates, demands, reports');
  await finish(stage, products, orders);
  const service = await openSandbox(stage, resources, grounds, size, counted('数据沙箱 sandbox', SANDBOX_COUNT));
  if (service) await sellService(stage, service, grounds.get('delays')?.authoriser ?? '');
  await tryOut(stage, products.get('daily') ?? '');
  await leaveDirectoryOpen(stage, resources);
  await askConsent(stage, resources);
  return accounts;
}

/** Written down by the caller, the accounts need no second copy. */
export const forgetProgress = (dataFolder: string): Promise<void> =>
  rm(join(dataFolder, 'sample-progress.json'), { force: true });

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}

/** The drafts of Shanghai and Jinan bind this exchange because its authority says so. */
async function adoptDrafts(stage: Stage): Promise<void> {
  const authority = await stage.actor('authority');
  const adoptedFrom = beijingDay(stage.startedAt);
  await stage.run('adopt:SH', 'rulebook.adopt', authority, {
    document: 'SH',
    adoptedFrom,
    reason: '示例交易所以上海市数据流通交易规定（草案）作为挂牌、交付和清算的内部规则，正式文本发布后替换。',
  });
  await stage.run('adopt:JN', 'rulebook.adopt', authority, {
    document: 'JN',
    adoptedFrom,
    reason: '示例交易所以济南市公共数据授权运营办法（草案）作为公共数据授权运营的内部规则，正式文本发布后替换。',
  });
}

/** A file becomes an upload, the upload a dataset, the dataset a resource: the way every holder goes. */
async function registerResource(stage: Stage, resource: SampleResource, size: Size): Promise<string> {
  const { kernel, vault } = stage.context;
  const holder = await stage.actor(resource.holder);
  const uploadId = await stage.once('uploads', resource.key, () =>
    vault.withFolder(async (folder) =>
      stageFile(kernel.db, vault, {
        path: await resource.file(folder, size),
        partyId: holder.partyId ?? '',
        personId: holder.personId,
      }),
    ),
  );
  const { datasetId } = await stage.run<{ datasetId: string }>(`ingest:${resource.key}`, 'dataset.ingest', holder, {
    uploadId,
    title: resource.title,
  });
  await stage.until(`the data of ${resource.key}`, async () => {
    const row = await kernel.db
      .selectFrom('dataset')
      .select(['state', 'failure'])
      .where('id', '=', datasetId)
      .executeTakeFirst();
    if (row?.state === 'failed')
      throw new Error(`the sample's ${resource.key} could not be read: ${JSON.stringify(row.failure)}`);
    return row?.state === 'ready' ? true : undefined;
  });
  const { title, summary, sourceStatement, sector, updateFrequency, coverage, opening, columns } = resource;
  const { resourceId } = await stage.run<{ resourceId: string }>(
    `register:${resource.key}`,
    'resource.register',
    holder,
    {
      ...{ title, summary, source: 'public-collection', sourceStatement, sector },
      classification: { class: resource.class, grade: 'general' },
      containsPersonalInformation: false,
      ...{ updateFrequency, coverage, opening, datasetId, columns },
      ...(holder.roles.includes('data-provider') ? directoryParts(resource) : {}),
    },
  );
  return resourceId;
}

/** What the directory of a department says besides. */
const directoryParts = ({ key, opening }: SampleResource) => ({
  number: `SL-${key.toUpperCase()}`,
  office: '信息中心',
  ...(opening === 'conditional' ? { conditions: '限于本市公共治理、民生服务和数据产品开发，不得转让原始数据。' } : {}),
});

type Orders = ReadonlyMap<string, { readonly orderId: string; readonly deliveryId: string | null }>;

async function finish(stage: Stage, products: ReadonlyMap<string, string>, orders: Orders): Promise<void> {
  await certify(stage, products, orders);
  const { demandId } = await stage.run<{ demandId: string }>(
    'demand',
    'demand.publish',
    await stage.actor('retailer'),
    {
      title: '商圈客流小时级数据',
      description: '需要主要商圈按小时统计的客流量，不含个人信息，覆盖最近一年，用于选址和排班。',
      sector: '商贸流通',
      budget: money(60_000_00n),
      until: new Date(stage.startedAt.getTime() + 60 * DAY_MS).toISOString(),
      purpose: '销售预测',
    },
  );
  await stage.run('demand:broker', 'demand.respond', await stage.actor('broker'), {
    demandId,
    message: '可协调两家数据提供单位联合供给，建议先确认统计口径，预计两周内给出方案。',
  });
  await stage.run('withdrawal', 'account.request-withdrawal', await stage.actor('operator'), {
    amount: money(1_000_00n),
    bankAccount: '示例银行 0000 0000 0000 0001',
  });
  // What a court would be given of one trade, made by its buyer.
  await stage.run('bundle', 'evidence.export-bundle', await stage.actor('insurer'), {
    subjectId: orders.get('delays-insurer')?.orderId,
  });
  await stage.run('report', 'violation.report', ANONYMOUS, {
    subject: '航班延误日度统计',
    description: '某网站转载了疑似本产品的数据，请核查是否超出许可用途（示例举报）。',
  });
}
