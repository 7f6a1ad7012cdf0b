import type { PartyRef } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import { SelectField, TextField } from '../shared/form.tsx';
import { newKey, percentText, type ShareDraft, sumOf, WHOLE } from './draft-model.ts';

const WORDS = words(
  {
    party: '权利人',
    percent: '比例（%）',
    reason: '依据',
    pick: '请选择单位',
    add: '添加权利人',
    remove: '删除这一行',
    whole: '合计 100%，分配完整。',
    short: (sum: string, rest: string) => `合计 ${sum}%，还差 ${rest}%。`,
    over: (sum: string, rest: string) => `合计 ${sum}%，超出 ${rest}%。`,
    rest: '把余数给第一位',
    reasonDefault: '数据产品经营权',
  },
  {
    party: 'Right holder',
    percent: 'Share (%)',
    reason: 'On what ground',
    pick: 'Choose a party',
    add: 'Add a right holder',
    remove: 'Remove this row',
    whole: 'The shares make 100%.',
    short: (sum: string, rest: string) => `${sum}% so far, ${rest}% missing.`,
    over: (sum: string, rest: string) => `${sum}%, which is ${rest}% too much.`,
    rest: 'Give the rest to the first',
    reasonDefault: 'Right to operate the product',
  },
);

/** Who gets which part of the income, with the sum said live: only the whole can be listed. */
export function SharesEditor(props: {
  readonly shares: readonly ShareDraft[];
  readonly parties: readonly PartyRef[];
  readonly error?: string | undefined;
  readonly onChange: (shares: readonly ShareDraft[]) => void;
}) {
  const t = useWords(WORDS);
  const { shares, onChange } = props;
  const sum = sumOf(shares);
  const change = (key: number, part: Partial<ShareDraft>) =>
    onChange(shares.map((s) => (s.key === key ? { ...s, ...part } : s)));
  const first = shares[0];
  const giveRest = () => {
    if (!first) return;
    const others = sumOf(shares.slice(1));
    change(first.key, { percent: percentText(Math.max(0, WHOLE - others)) });
  };
  const options = props.parties.map((p) => ({ value: p.id, title: p.name }));
  return (
    <>
      <ul className="row-editor shares-rows">
        {shares.map((s) => (
          <li key={s.key}>
            <SelectField
              label={t.party}
              value={s.partyId}
              empty={t.pick}
              options={options}
              onChange={(partyId) => change(s.key, { partyId })}
            />
            <TextField
              label={t.percent}
              inputMode="decimal"
              value={s.percent}
              onChange={(percent) => change(s.key, { percent })}
            />
            <TextField
              label={t.reason}
              maxLength={200}
              value={s.reason}
              onChange={(reason) => change(s.key, { reason })}
            />
            <button
              type="button"
              className="icon-only row-remove"
              aria-label={t.remove}
              title={t.remove}
              disabled={shares.length === 1}
              onClick={() => onChange(shares.filter((x) => x.key !== s.key))}
            >
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <button
          type="button"
          className="button"
          onClick={() => onChange([...shares, { key: newKey(), partyId: '', percent: '', reason: '' }])}
        >
          <Icon name="plus" size={14} />
          {t.add}
        </button>
        <b className={sum === WHOLE ? 'sum-ok' : 'sum-off'} aria-live="polite">
          {sum === WHOLE
            ? t.whole
            : sum < WHOLE
              ? t.short(percentText(sum), percentText(WHOLE - sum))
              : t.over(percentText(sum), percentText(sum - WHOLE))}
        </b>
        {sum !== WHOLE && sumOf(shares.slice(1)) < WHOLE ? (
          <button type="button" className="button quiet" onClick={giveRest}>
            {t.rest}
          </button>
        ) : null}
      </div>
      {props.error ? <p className="field-error">{props.error}</p> : null}
    </>
  );
}
