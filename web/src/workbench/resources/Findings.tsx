import type { Text } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { AreaField } from '../shared/form.tsx';
import type { Finding } from '../types.ts';

const WORDS = words(
  {
    title: '识别到的个人信息',
    none: '没有识别出个人信息。识别覆盖证件号码、手机号、银行卡号、车牌、邮箱、姓名、住址、护照、网络地址和坐标；拉丁字母姓名和图片不在识别范围内。',
    notLooked: '该数据集入库时尚未启用识别。',
    note: '由读取文件的进程逐行比对，样例已脱敏，原值不出该进程。是否属于个人信息由您判断。',
    column: '列',
    kind: '种类',
    strength: '把握',
    rows: '行数',
    samples: '脱敏样例',
    marked: '已标为敏感',
    open: '未处理',
    take: '采用建议',
    taken: '已采用建议，可继续修改',
    will: (columns: string) => `将申报含有个人信息，并把以下列标为敏感：${columns}。`,
    statement: '不按建议处理的理由',
    statementHint: '例如：法定代表人姓名为依法公开的登记信息；手机号一列为设备编号。',
    about: '约 ',
  },
  {
    title: 'Personal data that was found',
    none: 'No personal data was found. Looked for: identity, mobile, bank card, plate and passport numbers, e-mail, Chinese names, addresses, network addresses, coordinates; not for names in Latin letters, nor in pictures.',
    notLooked: 'This dataset was read before anybody looked.',
    note: 'Compared row by row in the process that reads the file; samples are masked and no raw value leaves it. Whether it is personal is yours to judge.',
    column: 'Column',
    kind: 'Kind',
    strength: 'How sure',
    rows: 'Rows',
    samples: 'Masked samples',
    marked: 'marked sensitive',
    open: 'not answered',
    take: 'Take the suggestion',
    taken: 'The suggestion is taken; change it where it is wrong',
    will: (columns: string) => `Declares personal information and marks as sensitive: ${columns}.`,
    statement: 'Why the suggestion is not followed',
    statementHint: 'Such as: names of legal representatives are public by law; the numbers are of devices.',
    about: 'about ',
  },
);

export interface Suggestion {
  readonly looked: boolean;
  readonly containsPersonalInformation: boolean;
  readonly grade: string;
  readonly sensitive: readonly string[];
  readonly because: readonly Text[];
}

/** What the finder saw and suggests; nothing is taken over before a person presses the button. */
export function Findings(props: {
  readonly datasetId: string;
  readonly findings: readonly Finding[] | null;
  readonly sensitive: ReadonlySet<string>;
  readonly personal: boolean;
  readonly statement: string;
  readonly onStatement: (statement: string) => void;
  readonly onTake: (suggestion: Suggestion) => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const term = useTerm('finding');
  const { data: suggestion } = useRead<Suggestion>(`/datasets/${props.datasetId}/suggestion`);
  if (props.findings === null) return <p className="faint">{t.notLooked}</p>;
  if (props.findings.length === 0) return <p className="faint">{t.none}</p>;
  const taken =
    suggestion?.sensitive.every((c) => props.sensitive.has(c)) &&
    props.personal === suggestion.containsPersonalInformation;
  return (
    <section className="findings" aria-label={t.title}>
      <h3>{t.title}</h3>
      <p className="faint small">{t.note}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll" aria-label={t.title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.column}</th>
              <th scope="col">{t.kind}</th>
              <th scope="col">{t.strength}</th>
              <th scope="col" className="num">
                {t.rows}
              </th>
              <th scope="col">{t.samples}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {props.findings.map((f) => (
              <tr key={`${f.column} ${f.kind}`}>
                <td>
                  <code>{f.column}</code>
                </td>
                <td>
                  {term(f.kind)}
                  {f.within ? <small className="faint block">{term('within')}</small> : null}
                </td>
                <td>{term(f.strength)}</td>
                <td className="num">
                  {f.exact ? '' : t.about}
                  {number(f.matches)} / {number(f.values)}
                </td>
                <td>
                  {f.samples.map((s) => (
                    <code key={s} className="block">
                      {s}
                    </code>
                  ))}
                </td>
                <td>
                  <span className={`tag ${props.sensitive.has(f.column) ? 'good' : 'wait'}`}>
                    {props.sensitive.has(f.column) ? t.marked : t.open}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {suggestion && suggestion.sensitive.length > 0 ? (
        <>
          <p>
            {suggestion.because.map((b) => say(b)).join(language === 'zh' ? '' : ' ')}{' '}
            {t.will(suggestion.sensitive.join(language === 'zh' ? '、' : ', '))}
          </p>
          <p>
            <button type="button" className="button" disabled={taken} onClick={() => props.onTake(suggestion)}>
              {taken ? t.taken : t.take}
            </button>
          </p>
          {taken ? null : (
            <AreaField
              label={t.statement}
              hint={t.statementHint}
              value={props.statement}
              maxLength={1000}
              onChange={props.onStatement}
            />
          )}
        </>
      ) : null}
    </section>
  );
}
