import type { Pricing } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { number } from '../../shared/format.ts';

const WORDS = words(
  {
    licence: '一次性许可',
    calls: (n: string) => `每包 ${n} 次调用`,
    each: (yuan: string) => `合每次 ¥ ${yuan}`,
  },
  {
    licence: 'one-off licence',
    calls: (n: string) => `per package of ${n} calls`,
    each: (yuan: string) => `¥ ${yuan} a call`,
  },
);

/** The price of one licence or package; the price of a single call, which may have parts of a fen, stands in the title. */
export function Price({ pricing }: { readonly pricing: Pricing }) {
  const t = useWords(WORDS);
  const calls = pricing.mode === 'per-call' ? (pricing.callsPerPackage ?? 1) : null;
  return (
    <div className="price" {...(calls ? { title: t.each(number(Number(pricing.price.amountFen) / 100 / calls)) } : {})}>
      <Amount value={pricing.price} />
      <small>{calls ? t.calls(number(calls)) : t.licence}</small>
    </div>
  );
}
