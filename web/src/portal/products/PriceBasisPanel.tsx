import type { PriceBasis } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { day, number } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  {
    title: '收费依据',
    free: '由公共数据授权运营产生，用于公共治理或者公益事业，依规定免费。',
    opened: '所用数据是有条件开放取得的：免费提供，收取费用的不高于上限收费标准。',
    noFee: '由公共数据授权运营产生，不收取费用。',
    fee: '公共数据运营服务费，实行政府指导价，不得高于上限收费标准。',
    cap: '上限',
    licence: '每份许可',
    calls: (n: string) => `每 ${n} 次调用`,
    set: (who: string, at: string) => `${who}于 ${at} 制定`,
    trial: '试行收费标准',
    basis: '定价依据',
    uncapped: '上限收费标准尚未制定，不得收费。',
  },
  {
    title: 'Basis of the price',
    free: 'Made from public data under authorised operation, for public governance or welfare: free by law.',
    opened: 'Made from data opened under conditions: free, or charged within a price cap.',
    noFee: 'Made from public data under authorised operation; no fee is charged.',
    fee: 'A fee for operating public data, under a guided price: never above the cap.',
    cap: 'Cap',
    licence: 'a licence',
    calls: (n: string) => `for ${n} calls`,
    set: (who: string, at: string) => `set by ${who} on ${at}`,
    trial: 'on trial',
    basis: 'Reckoned from',
    uncapped: 'No cap is set; no fee may be charged.',
  },
);

const WITHIN_CAP = {
  rule: 'PPN-2.3',
  article: '第二条',
  citation: { zh: '公共数据授权运营价格形成机制通知 第二条', en: 'Notice on prices of authorised operation, art. 2' },
};
const FREE_USE = {
  rule: 'PPN-1.1',
  article: '第一条',
  citation: { zh: '公共数据授权运营价格形成机制通知 第一条', en: 'Notice on prices of authorised operation, art. 1' },
};

const OPENED = {
  rule: 'HS-18.18',
  article: '第18.18条',
  citation: { zh: '平台规则 第18.18条', en: 'House rules 18.18' },
};

/** What a product of authorised operation, or of opened data, may cost and who said so; nothing for all others. */
export function PriceBasisPanel({ productId }: { readonly productId: string }) {
  const t = useWords(WORDS);
  const { data } = useRead<PriceBasis>(`/products/${productId}/price-basis`);
  if (!data?.governed && !data?.opened) return null;
  const { cap, chargeable, governed, price, receipts } = data;
  const free = price.amountFen === '0';
  const receipt = receipts.at(-1);
  return (
    <>
      <h2>{t.title}</h2>
      <p>
        {governed ? (
          <>
            {free ? (chargeable ? t.noFee : t.free) : t.fee} <CitationChip {...(chargeable ? WITHIN_CAP : FREE_USE)} />
          </>
        ) : (
          <>
            {t.opened} <CitationChip {...OPENED} />
          </>
        )}
      </p>
      {cap ? (
        <dl className="facts">
          <dt>{t.cap}</dt>
          <dd>
            <Amount value={cap.amount} />{' '}
            <small>{cap.mode === 'per-call' ? t.calls(number(cap.units)) : t.licence}</small>
            <small className="faint block">
              {t.set(cap.setBy.name, day(cap.setAt))}
              {cap.trial ? ` · ${t.trial}` : ''}
            </small>
            {receipt ? <ReceiptChip id={receipt.id} /> : null}
          </dd>
          <dt>{t.basis}</dt>
          <dd>{cap.basis}</dd>
        </dl>
      ) : free ? null : (
        <p className="faint">{t.uncapped}</p>
      )}
    </>
  );
}
