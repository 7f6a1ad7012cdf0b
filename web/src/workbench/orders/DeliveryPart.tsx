import { useState } from 'react';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { bytes, dateTime, fromNow, number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActDrawer, type useDone } from '../shared/acts.tsx';
import type { Delivery, Order } from '../types.ts';
import { QueryForm } from './QueryForm.tsx';
import { ServiceForm, type ServiceTemplate } from './ServiceForm.tsx';

const WORDS = words(
  {
    title: '交付',
    state: '授权',
    until: '有效期至',
    calls: '剩余次数',
    callsOf: (left: string, limit: string) => `${left} / ${limit}`,
    used: '已用',
    usedFile: (n: number, size: string) => `下载 ${n} 次，共 ${size}`,
    usedCalls: (n: number) => `调用 ${n} 次`,
    csv: '下载 CSV',
    'csv-exact': 'CSV 原样',
    parquet: 'Parquet',
    formats:
      'CSV 可放心用表格软件打开：会被当作公式执行的文字前加了一个单引号，数字和日期不变。程序读取请用“CSV 原样”或 Parquet，内容一字不差。',
    asked: '下载数据',
    askForm: '打开查询',
    linkReady: (left: string) => `链接已生成，${left}失效；下载会自动开始。没有开始？`,
    again: '点这里下载',
    revoke: '撤销授权',
    revokeText:
      '撤销后买方立即不能再下载或查询，款项随之处理：非买方原因的，价款全额退还买方（已清算的由各收款方退回）；买方违约的，价款归权利人。',
    'not-the-buyer': '非买方原因，价款退还买方',
    'buyer-breach': '买方违约，价款不退',
    dataRight: '数据使用权限',
    rightSuspended: (resource: string, why: string, since: string) =>
      `对“${resource}”的使用权限自 ${since} 起暂停${why}，恢复前不能下载或查询。`,
    rightExpired: (resource: string, _why: string, since: string) =>
      `对“${resource}”的使用权限已于 ${since} 到期，不再交付。`,
    rightEnded: (resource: string, why: string, since: string) =>
      `对“${resource}”的使用权限已于 ${since} 终止${why}，不再交付。`,
    consentWithdrawn: '（数据主体撤回同意）',
    revokedBecause: '撤销理由',
    latest: '最近的使用',
    at: '时间',
    kind: '方式',
    outcome: '结果',
    amount: '数量',
    rows: (n: string) => `${n} 行`,
  },
  {
    title: 'Delivery',
    state: 'Grant',
    until: 'Valid until',
    calls: 'Calls left',
    callsOf: (left: string, limit: string) => `${left} of ${limit}`,
    used: 'Used',
    usedFile: (n: number, size: string) => `${n} ${n === 1 ? 'download' : 'downloads'}, ${size}`,
    usedCalls: (n: number) => `${n} calls`,
    csv: 'Download CSV',
    'csv-exact': 'CSV as it is',
    parquet: 'Parquet',
    formats:
      'CSV is safe to open in a spreadsheet: text it would run as a formula has a single quote before it; numbers and dates are unchanged. For programs take “CSV as it is” or Parquet: every value exactly as it is.',
    asked: 'download the data',
    askForm: 'open the query',
    linkReady: (left: string) => `The link is made and ends ${left}; the download starts by itself. It did not?`,
    again: 'Download here',
    revoke: 'Revoke the grant',
    revokeText:
      'The buyer can no longer download or query from that moment, and the money follows: unless the buyer broke the terms, the whole price goes back (whoever was paid returns their share); if the buyer did, the right holders keep it.',
    'not-the-buyer': 'Not the buyer’s doing: the price goes back',
    'buyer-breach': 'The buyer broke the terms: the price stays',
    dataRight: 'Right to the data',
    rightSuspended: (resource: string, why: string, since: string) =>
      `The right to “${resource}” is suspended${why} since ${since}: no download or query until it is resumed.`,
    rightExpired: (resource: string, _why: string, since: string) =>
      `The right to “${resource}” ended at ${since}: nothing more is delivered.`,
    rightEnded: (resource: string, why: string, since: string) =>
      `The right to “${resource}” was ended${why} at ${since}: nothing more is delivered.`,
    consentWithdrawn: ' (consent was withdrawn)',
    revokedBecause: 'Why it was revoked',
    latest: 'Latest use',
    at: 'Time',
    kind: 'Way',
    outcome: 'Outcome',
    amount: 'Amount',
    rows: (n: string) => `${n} rows`,
  },
);

type Tell = ReturnType<typeof useDone>['tell'];

/** What was delivered and what is left of it: the buyer downloads or queries, the seller sees the use, a supervisor may revoke. */
export function DeliveryPart(props: {
  readonly order: Order;
  readonly delivery: NonNullable<Order['delivery']>;
  readonly side: 'buyer' | 'seller' | null;
  readonly tell: Tell;
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const { order, delivery, side } = props;
  const query = useRead<Delivery>(`/deliveries/${delivery.id}`, {}, { refetchMs: 10_000 });
  const detail = query.data;
  const live = delivery.state === 'live';
  const stopped = detail?.useStopped ?? null;
  const rightWords = { suspended: t.rightSuspended, expired: t.rightExpired, ended: t.rightEnded };
  const usable = side === 'buyer' && live && stopped === null;
  return (
    <>
      <h2 id="delivery">{t.title}</h2>
      <dl className="facts">
        <dt>{t.state}</dt>
        <dd>
          <span className={`tag ${live ? 'good' : 'bad'}`}>{term(delivery.state)}</span>
        </dd>
        <dt>{t.until}</dt>
        <dd>{dateTime(delivery.validUntil)}</dd>
        {delivery.method === 'query' ? (
          <>
            <dt>{t.calls}</dt>
            <dd>
              {t.callsOf(
                number(detail?.callsLeft ?? delivery.callsLeft ?? 0),
                number(detail?.callsLimit ?? order.terms.calls ?? 0),
              )}
            </dd>
          </>
        ) : null}
        {detail ? (
          <>
            <dt>{t.used}</dt>
            <dd>
              {delivery.method === 'query'
                ? t.usedCalls(detail.usage.calls)
                : t.usedFile(detail.usage.downloads, bytes(detail.usage.bytes))}
            </dd>
          </>
        ) : null}
        {stopped ? (
          <>
            <dt>{t.dataRight}</dt>
            <dd>
              {rightWords[stopped.state](
                stopped.resource,
                stopped.forConsent ? t.consentWithdrawn : '',
                dateTime(stopped.since),
              )}
            </dd>
          </>
        ) : null}
        {detail?.revokedReason ? (
          <>
            <dt>{t.revokedBecause}</dt>
            <dd>{detail.revokedReason}</dd>
          </>
        ) : null}
      </dl>
      {usable && delivery.method === 'file' ? <Download deliveryId={delivery.id} /> : null}
      {usable && delivery.method === 'query' ? (
        <AskForm
          deliveryId={delivery.id}
          productId={order.product.id}
          callsLeft={detail?.callsLeft ?? delivery.callsLeft ?? 0}
        />
      ) : null}
      {detail && detail.usage.latest.length > 0 ? <Latest delivery={detail} /> : null}
      {order.actions.includes('delivery.revoke') ? (
        <div className="work-gap">
          <ActDrawer
            act="delivery.revoke"
            label={t.revoke}
            explain={t.revokeText}
            fixed={{ deliveryId: delivery.id }}
            options={{ ground: GROUNDS.map((value) => ({ value, title: t[value] })) }}
            danger
            tell={props.tell}
          />
        </div>
      ) : null}
    </>
  );
}

const GROUNDS = ['not-the-buyer', 'buyer-breach'] as const;
const FORMATS = ['csv', 'csv-exact', 'parquet'] as const;

/** A short-lived link made at the press, then the download itself; the grant is checked again by the server. */
function Download({ deliveryId }: { readonly deliveryId: string }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const create = useAct<{ url: string; expiresAt: string }>('delivery.create-link');
  const [link, setLink] = useState<{ url: string; expiresAt: string } | null>(null);
  const run = async (format: (typeof FORMATS)[number]) => {
    setLink(null);
    try {
      const { result } = await create.mutateAsync({ input: { deliveryId, format } });
      setLink(result);
      const anchor = document.createElement('a');
      anchor.href = result.url;
      anchor.download = '';
      anchor.click();
    } catch {
      // The refusal shows below the buttons.
    }
  };
  return (
    <div className="work-gap">
      <div className="buttons">
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className="button"
            disabled={create.isPending}
            onClick={() => void run(format)}
          >
            {t[format]}
          </button>
        ))}
      </div>
      <p className="small faint">{t.formats}</p>
      {link ? (
        <p className="small faint" role="status">
          {t.linkReady(fromNow(link.expiresAt, language))} <a href={link.url}>{t.again}</a>
        </p>
      ) : null}
      {create.error ? <RefusalPanel key={create.submittedAt} problem={create.error} asked={t.asked} /> : null}
    </div>
  );
}

function Latest({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(WORDS);
  const term = useTerm();
  return (
    <details className="fold">
      <summary>{t.latest}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.at}</th>
            <th scope="col">{t.kind}</th>
            <th scope="col">{t.outcome}</th>
            <th scope="col" className="number">
              {t.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {delivery.usage.latest.map((u) => (
            <tr key={u.id}>
              <td>{dateTime(u.startedAt)}</td>
              <td>
                {term(u.kind)}
                {u.format ? ` · ${u.format.toUpperCase()}` : ''}
              </td>
              <td>{u.outcome ? term(u.outcome) : '…'}</td>
              <td className="number">{u.kind === 'query' ? t.rows(number(u.rows)) : bytes(u.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

interface Offered {
  readonly templates: readonly ServiceTemplate[] | null;
  readonly keptSince: string | null;
}

/** A service of the sandbox is asked by its templates, a table made for the product by conditions. */
function AskForm(props: { readonly deliveryId: string; readonly productId: string; readonly callsLeft: number }) {
  const { deliveryId, productId, callsLeft } = props;
  const t = useWords(WORDS);
  const query = useRead<Offered>(`/query-services/${productId}`);
  return (
    <Loaded of={query} asked={t.askForm}>
      {({ templates, keptSince }) =>
        templates ? (
          <ServiceForm deliveryId={deliveryId} templates={templates} keptSince={keptSince} callsLeft={callsLeft} />
        ) : (
          <QueryForm deliveryId={deliveryId} productId={productId} />
        )
      }
    </Loaded>
  );
}
