import type { JointLimits } from '../../../api.ts';
import { useWords, words } from '../../../app/words.ts';
import { CitationChip } from '../../../shared/CitationChip.tsx';
import { number } from '../../../shared/format.ts';
import { useRead } from '../../../shared/use-api.ts';
import type { JointChoice } from './joint-model.ts';

const WORDS = words(
  {
    protects: '保护什么',
    not: '不保护什么',
    local:
      '标识和数值不离开各方自己的机器。经过平台的只有盲化的点或加了掩码的数，没有各方的密钥无法还原；密钥只用这一次，也不离开本机。',
    rest: '求交：不在交集里的是谁，对方和平台都无从得知。',
    count: '只计人数时，连哪些在交集里也没有人知道。',
    sum: '求和：各方和平台都只看到合计。',
    commit: '双方的集合都送齐以后才开始比对，没有人能看过对方的再决定自己送什么。',
    trace: '每一步都有回执；全部传送内容的摘要留存，事后谁也不能改口。',
    honest: '前提是各方都按步骤运行程序（称为“诚实但好奇”）：从看到的内容里推不出更多，但不防有人故意造假。',
    'made-up': (least: string, runs: string, days: string) =>
      `有人用编造的标识参加，就能借结果试探对方有没有这些人。能约束的只有：每次至少 ${least} 个标识，同样两方 ${days} 天内至多 ${runs} 次，以及留下的证据。`,
    size: '集合有多大，双方都看得到。',
    few: (least: string) => `结果本身会说话。交集少于 ${least} 个时只告知“太少”，其余照实告知。`,
    total: '结果本身会说话：合计透露多少，须由各方自己判断。',
    collude: '求和：其余各方若与平台串通，就能算出剩下那一方的数。',
    machine: '各方机器自身的安全，以及得知结果以后怎么用：由各方依约定负责。',
  },
  {
    protects: 'What it protects',
    not: 'What it does not',
    local:
      'Identifiers and figures stay on each party’s own machine. Only blinded points or masked figures pass through the exchange; without the parties’ secrets they cannot be turned back, and a secret is used once and stays there too.',
    rest: 'Intersection: who is not in both, neither the other side nor the exchange can learn.',
    count: 'With a count only, nobody learns which ones are in both either.',
    sum: 'Sum: the parties and the exchange see the totals, nothing else.',
    commit:
      'Neither set is worked on before both are complete: nobody chooses what to send after having seen the other’s.',
    trace:
      'Each step has a receipt, and a digest of all that was passed on is kept: nobody can tell it otherwise later.',
    honest:
      'It takes parties that follow the steps (“semi-honest”): what they see tells them no more, but nothing stops one that cheats on purpose.',
    'made-up': (least: string, runs: string, days: string) =>
      `Whoever takes part with made-up identifiers can try whether the other side has those people. What holds it back: at least ${least} identifiers each time, at most ${runs} times in ${days} days for the same two, and the evidence.`,
    size: 'Both sides see how large the sets are.',
    few: (least: string) =>
      `The result itself tells something. Fewer than ${least} in common, and only that is told; else it is told as it is.`,
    total: 'The result itself tells something: what a total gives away is for the parties to judge.',
    collude: 'Sum: all the others together with the exchange can work out the figures of the one that is left.',
    machine: 'The security of each party’s machine, and what is done with the result: that is for the parties.',
  },
);

const SET_RULES = ['HS-24.1', 'HS-24.2', 'HS-24.3', 'HS-24.5', 'HS-24.7'] as const;
const SUM_RULES = ['HS-24.4', 'HS-24.5', 'HS-24.7'] as const;

/** In plain words what a joint computation protects and what it does not; only what concerns one kind where it is known. */
export function Protects({ choice }: { readonly choice?: JointChoice }) {
  const t = useWords(WORDS);
  const { data: limits } = useRead<JointLimits>('/joint-limits', {}, { staleMs: 600_000 });
  const sums = choice === undefined || choice === 'sum';
  const sets = choice === undefined || choice !== 'sum';
  if (!limits) return null;
  return (
    <section className="joint-protects">
      <div>
        <h2>{t.protects}</h2>
        <ul>
          <li>{t.local}</li>
          {sets ? <li>{t.rest}</li> : null}
          {choice === undefined || choice === 'count' ? <li>{t.count}</li> : null}
          {sums ? <li>{t.sum}</li> : null}
          {sets ? <li>{t.commit}</li> : null}
          <li>{t.trace}</li>
        </ul>
      </div>
      <div>
        <h2>{t.not}</h2>
        <ul>
          <li>{t.honest}</li>
          {sets ? (
            <>
              <li>{t['made-up'](number(limits.sizeLeast), number(limits.runsMost), number(limits.runsDays))}</li>
              <li>{t.size}</li>
              <li>{t.few(number(limits.commonLeast))}</li>
            </>
          ) : null}
          {sums ? (
            <>
              <li>{t.total}</li>
              <li>{t.collude}</li>
            </>
          ) : null}
          <li>{t.machine}</li>
        </ul>
        <p className="buttons">
          {(sets ? SET_RULES : SUM_RULES).map((rule) => (
            <CitationChip key={rule} rule={rule} article={rule} />
          ))}
        </p>
      </div>
    </section>
  );
}
