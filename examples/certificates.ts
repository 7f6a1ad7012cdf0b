import type { Actor } from '../src/kernel/acts/index.ts';
import { beijingDay } from '../src/kernel/rulebook/index.ts';
import { paper } from './papers.ts';
import type { Stage } from './stage.ts';
import type { Traded } from './trades.ts';

/** Certificates of every kind, one revoked; a data-IP certificate issued elsewhere, recognised, and the same one brought twice. */
export async function certify(
  stage: Stage,
  products: ReadonlyMap<string, string>,
  orders: ReadonlyMap<string, Traded>,
): Promise<void> {
  const order = orders.get('delays-insurer');
  const [operator, insurer, exchange] = await Promise.all(
    ['operator', 'insurer', 'exchange'].map((p) => stage.actor(p)),
  );
  if (!operator || !insurer || !exchange) throw new Error('the sample lost its people');
  const issue = (key: string, actor: Actor, kind: string, subjectId: string | null | undefined) =>
    stage.run<{ certificateId: string }>(`certificate:${key}`, 'certificate.issue', actor, { kind, subjectId });

  await recognise(stage, operator, exchange, products);
  await issue('registration', operator, 'registration', products.get('delays'));
  await issue('trade', insurer, 'trade', order?.orderId);
  await issue('delivery', insurer, 'delivery', order?.deliveryId);
  await issue('clearing', operator, 'clearing', order?.orderId);
  await issue('asset', operator, 'asset', products.get('delays'));
  const { certificateId } = await issue('revoked', operator, 'registration', products.get('daily'));
  await stage.run('certificate:revoke', 'certificate.revoke', exchange, {
    certificateId,
    ground: 'content-error',
    reason: '示例：登记名称与证明材料不一致，注销后可重新申请。',
  });
}

/** The same certificate, brought for two products: the first is recognised, the second is a duplicate. */
async function recognise(
  stage: Stage,
  operator: Actor,
  exchange: Actor,
  products: ReadonlyMap<string, string>,
): Promise<void> {
  const { registryId } = await stage.run<{ registryId: string }>('registry:ip', 'registry.recognise', exchange, {
    name: '示例省知识产权保护中心',
    kinds: ['data-ip'],
    numberFormat: '示知登99999999',
    validYears: 3,
    basis: '示例：省知识产权局公布的数据知识产权登记机构名单。',
  });
  await stage.run('registry:rights', 'registry.recognise', exchange, {
    name: '示例省数据产权登记机构',
    kinds: ['data-rights'],
    numberFormat: 'SJ9999999999999',
    basis: '示例：国家数据局公布的数据产权登记机构名单。',
  });
  const party = await stage.context.kernel.db
    .selectFrom('party')
    .select(['name', 'uscc'])
    .where('id', '=', operator.partyId ?? '')
    .executeTakeFirstOrThrow();
  const issuedOn = `${beijingDay(stage.startedAt).slice(0, 'YYYY-MM'.length)}-01`;
  const number = `示知登${issuedOn.slice(0, 4)}0001`;
  const bring = async (product: string): Promise<string> => {
    const key = `certificate-${product}`;
    const words = `数据知识产权登记证书（样张，仅供演示，无任何效力）\n编号：${number}\n用途：${key}\n`;
    const fileId = await paper(stage, operator, key, `登记证书样张-${key}.txt`, words);
    const { importId } = await stage.run<{ importId: string }>(`import:${product}`, 'certificate.import', operator, {
      subjectId: products.get(product),
      registryId,
      kind: 'data-ip',
      number,
      title: '航班延误统计方法与数据',
      holderName: party.name,
      holderUscc: party.uscc,
      rights: ['ip'],
      issuedOn,
      validUntil: `${Number(issuedOn.slice(0, 4)) + 3}${issuedOn.slice(4)}`,
      fileId,
    });
    return importId;
  };
  await stage.run('recognise:delays', 'certificate.recognise', exchange, {
    importId: await bring('delays'),
    reason: '示例：已在登记机构公开系统核验，编号、权利人与名称一致。',
  });
  await stage.run('refuse:hourly', 'certificate.refuse', exchange, {
    importId: await bring('hourly'),
    ground: 'duplicate',
    reason: '示例：该编号的证书已为另一产品认可，一证不得重复使用。',
  });
}
