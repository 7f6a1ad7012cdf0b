import type { Stage } from './stage.ts';

const PURPOSE = '机场时刻资源评估';

/** Airports that agreed to the detailed use of the flights that leave from them; the last one changed its mind. */
const AIRPORTS = ['ATL', 'ORD', 'DFW', 'DEN'] as const;
const LEFT = 'DEN';

/**
 * Consent by row: the department tells the airports what their flights are used for, writes down who agreed, and whose
 * agreement was withdrawn. No right of the sample rests on the purpose yet.
 */
export async function askConsent(stage: Stage, resources: ReadonlyMap<string, string>): Promise<void> {
  const transport = await stage.actor('transport');
  const { noticeId } = await stage.run<{ noticeId: string }>('consent:notice', 'consent.publish-notice', transport, {
    resourceId: resources.get('flights'),
    purpose: PURPOSE,
    level: 'record',
    keyColumn: 'origin',
    processor: '示例市交通运输局数据管理处（示例）',
    kinds: '按出发机场统计航班数量、计划时刻和到达延误',
    retention: '一年',
    rights: '凭撤回码在平台“撤回同意”页面撤回，不需要说明理由',
    words: '为评估机场时刻资源的使用效率，我们将按出发机场使用贵机场的航班运行明细。贵机场可以随时撤回同意（示例）。',
  });
  const { published_at } = await stage.context.kernel.db
    .selectFrom('consent_notice')
    .select('published_at')
    .where('id', '=', noticeId)
    .executeTakeFirstOrThrow();
  const consents = new Map<string, string>();
  for (const subject of AIRPORTS) {
    const { consentId } = await stage.run<{ consentId: string }>(`consent:${subject}`, 'consent.record', transport, {
      noticeId,
      subjectKind: 'organisation',
      subject,
      method: 'written',
      givenAt: published_at.toISOString(),
    });
    consents.set(subject, consentId);
  }
  await stage.run(`consent:${LEFT}:withdraw`, 'consent.withdraw', transport, { consentId: consents.get(LEFT) });
}
