import { ANONYMOUS } from '../src/kernel/acts/index.ts';
import { money } from '../src/kernel/ledger/index.ts';
import { platform } from '../src/platform.ts';
import type { Ground } from './authorisation.ts';
import type { SampleProduct } from './products.ts';
import type { Stage } from './stage.ts';

/** @param ground under which the product is made; none for the seller's own data */
export async function draft(
  stage: Stage,
  product: SampleProduct,
  resourceId: string,
  ground: Ground | undefined,
): Promise<string> {
  const seller = await stage.actor(product.seller);
  const shares = [];
  for (const [login, basisPoints, reason] of product.shares) {
    shares.push({ partyId: (await stage.actor(login)).partyId, basisPoints, reason });
  }
  const { title, kind, summary, scenario, groupBy, columns, minimumGroupSize, callsPerPackage } = product;
  const { purposes, validDays, updateFrequency, commitment } = product;
  const { productId } = await stage.run<{ productId: string }>(`draft:${product.key}`, 'product.draft', seller, {
    ...{ title, kind, summary, scenario, resourceIds: [resourceId] },
    ...(ground === undefined ? {} : { authorisationIds: [ground.authorisationId] }),
    recipe: {
      resourceId,
      filters: [],
      groupBy,
      columns,
      ...(minimumGroupSize === undefined ? {} : { minimumGroupSize }),
    },
    pricing: {
      mode: callsPerPackage === undefined ? 'one-off' : 'per-call',
      price: money(BigInt(product.priceFen)),
      ...(callsPerPackage === undefined ? {} : { callsPerPackage }),
    },
    terms: { purposes, validDays, redistribution: false },
    supply: { updateFrequency, commitment },
    offersTestData: true,
    shares,
  });
  return productId;
}

/** Waits for the build, has it assessed and lists it, as far as the sample wants. */
export async function offer(stage: Stage, product: SampleProduct, productId: string): Promise<void> {
  const { db } = stage.context.kernel;
  await stage.until(`the build of ${product.key}`, async () => {
    const row = await db
      .selectFrom('product')
      .select(['build_state', 'build_failure'])
      .where('id', '=', productId)
      .executeTakeFirst();
    if (row?.build_state === 'failed')
      throw new Error(`the sample's ${product.key} could not be built: ${JSON.stringify(row.build_failure)}`);
    return row?.build_state === 'built' ? true : undefined;
  });
  const seller = await stage.actor(product.seller);
  if (product.reaches === 'built') return stage.runRefused('product.list', seller, { productId, board: 'main' });
  const cases: { kind: 'compliance' | 'quality'; assessmentId: string }[] = [];
  for (const kind of ['compliance', 'quality'] as const) {
    const { partyId } = await stage.actor(kind);
    const { assessmentId } = await stage.run<{ assessmentId: string }>(
      `request:${kind}:${product.key}`,
      'assessment.request',
      seller,
      {
        productId,
        kind,
        assessorId: partyId,
      },
    );
    cases.push({ kind, assessmentId });
  }
  if (product.reaches === 'requested') return;
  for (const { kind, assessmentId } of cases) await conclude(stage, product, kind, assessmentId);
  if (product.reaches === 'listed')
    await stage.run(`list:${product.key}`, 'product.list', seller, { productId, board: 'main' });
}

const STATEMENTS = {
  compliance:
    '经核对来源说明、分类分级、授权文件和产品内容，未发现违反法律法规和本所规则的情形，合规评估通过（示例意见）。',
  quality:
    '依据 GB/T 36344-2018 对当前版本产品数据逐项测量，指标见测量结果，满足所述应用场景，质量评估通过（示例意见）。',
} as const;
/** Questions about personal and sensitive information, of which the sample has none; and about public data, where there is none. */
const NOT_APPLICABLE: readonly string[] = ['C04', 'C05'];

async function conclude(
  stage: Stage,
  product: SampleProduct,
  kind: 'compliance' | 'quality',
  assessmentId: string,
): Promise<void> {
  const { db, rulebook } = stage.context.kernel;
  if (kind === 'quality') {
    await stage.until(`the measurement of ${product.key}`, async () => {
      const row = await db.selectFrom('assessment').select('state').where('id', '=', assessmentId).executeTakeFirst();
      return row && row.state !== 'requested' ? true : undefined;
    });
  }
  const read = platform(rulebook).reads.find((r) => r.path === '/assessment-checklists/:kind');
  if (!read) throw new Error('there is no checklist to answer');
  const asked = { db, actor: ANONYMOUS, params: { kind }, query: {}, at: stage.startedAt };
  const list = (await read.run(asked as unknown as Parameters<typeof read.run>[0])) as {
    items: readonly { item: string }[];
  };
  await stage.run(`issue:${kind}:${product.key}`, 'assessment.issue', await stage.actor(kind), {
    assessmentId,
    conclusion: 'passed',
    statement: STATEMENTS[kind],
    checklist: list.items.map(({ item }) => ({
      item,
      answer: NOT_APPLICABLE.includes(item) ? 'not-applicable' : 'yes',
    })),
  });
}
