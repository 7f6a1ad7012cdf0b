import { Link, useSearchParams } from 'react-router';
import { useSay, useWords, words } from '../../app/words.ts';
import type { ImportedCertificate, Registry } from '../../portal/certificates/types.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { day } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { STATE_TAG } from '../recognition/state.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { Pills } from '../shared/Tabs.tsx';

const WORDS = words(
  {
    imports: '外部登记证书',
    state: '状态',
    submitted: '待审核',
    recognised: '已认可',
    refused: '不予认可',
    ended: '认可已终止',
    number: '证书',
    subject: '标的',
    party: '提交单位',
    at: '提交时间',
    none: '没有这一状态的证书',
    noneText: '单位提交外部登记证书后，会出现在这里和您的待办中。',
    open: '核验',
    see: '查看',
    registries: '认可的登记机构',
    registriesText: '只接受名单上机构核发的证书；编号格式用于自动核对。',
    name: '机构',
    kinds: '证书种类',
    format: '编号格式',
    years: '有效年限',
    noYears: '证书载明',
    since: '认可时间',
    withdrawn: '已撤销',
    living: '有效',
    add: '认可登记机构',
    addText: '编号格式中，9 表示数字，A 表示大写字母，其余照写，例如 SJ9999999999999。',
    withdraw: '撤销',
    withdrawText: '撤销后不再接受该机构新的证书；已认可的证书不变。',
    noRegistries: '还没有认可的登记机构',
  },
  {
    imports: 'Certificates issued elsewhere',
    state: 'State',
    submitted: 'to be decided',
    recognised: 'recognised',
    refused: 'refused',
    ended: 'ended',
    number: 'Certificate',
    subject: 'Subject',
    party: 'Brought by',
    at: 'Brought',
    none: 'No certificate in this state',
    noneText: 'What a party brings shows up here and in your tasks.',
    open: 'Check',
    see: 'See',
    registries: 'Recognised registries',
    registriesText: 'Only their certificates are taken; the number format is checked by the machine.',
    name: 'Registry',
    kinds: 'Kinds',
    format: 'Number format',
    years: 'Years of validity',
    noYears: 'as stated',
    since: 'Since',
    withdrawn: 'withdrawn',
    living: 'in force',
    add: 'Recognise a registry',
    addText: 'In the format 9 is a digit, A a capital letter, everything else itself, such as SJ9999999999999.',
    withdraw: 'Withdraw',
    withdrawText: 'Nothing new is taken from it; what was recognised stays.',
    noRegistries: 'No registry is recognised yet',
  },
);

const STATES = ['submitted', 'recognised', 'refused', 'ended'] as const;

/** Certificates that wait for the exchange, and the list of registries it takes them from. */
export function Recognition() {
  const t = useWords(WORDS);
  const say = useSay();
  const { note, tell } = useDone();
  const [search] = useSearchParams();
  const state = STATES.find((s) => s === search.get('state')) ?? 'submitted';
  return (
    <div className="work-gap">
      {note}
      <Pills name="state" label={t.state} values={STATES.map((s) => [s, t[s]] as const)} />
      <DataTable<ImportedCertificate>
        key={state}
        path="/imported-certificates"
        query={{ state }}
        caption={t.imports}
        rowKey={(c) => c.id}
        csvName="imported-certificates"
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'number',
            title: t.number,
            render: (c) => (
              <>
                <Link to={`/work/recognition/${c.id}`}>{c.number}</Link>
                <small className="faint block">
                  {say(c.kindTitle)} · {c.registry.name}
                </small>
              </>
            ),
            csv: (c) => c.number,
          },
          { key: 'subject', title: t.subject, render: (c) => c.subject.title, csv: (c) => c.subject.title },
          { key: 'party', title: t.party, render: (c) => c.party.name, csv: (c) => c.party.name },
          { key: 'at', title: t.at, render: (c) => day(c.importedAt), csv: (c) => c.importedAt },
          {
            key: 'state',
            title: t.state,
            render: (c) => <span className={`tag ${STATE_TAG[c.state]}`}>{say(c.stateTitle)}</span>,
            csv: (c) => say(c.stateTitle),
          },
          {
            key: 'open',
            title: '',
            render: (c) => <Link to={`/work/recognition/${c.id}`}>{c.state === 'submitted' ? t.open : t.see}</Link>,
          },
        ]}
      />
      <div className="head-row">
        <h2>{t.registries}</h2>
        <ActDrawer act="registry.recognise" label={t.add} explain={t.addText} tell={tell} />
      </div>
      <p className="sub">{t.registriesText}</p>
      <DataTable<Registry>
        path="/registries"
        caption={t.registries}
        rowKey={(r) => r.id}
        csvName="registries"
        empty={<Empty title={t.noRegistries} />}
        columns={[
          {
            key: 'name',
            title: t.name,
            render: (r) => (
              <>
                {r.name}
                <small className="faint block">{r.basis}</small>
              </>
            ),
            csv: (r) => r.name,
          },
          {
            key: 'kinds',
            title: t.kinds,
            render: (r) => r.kindTitles.map(say).join('、'),
            csv: (r) => r.kinds.join(' '),
          },
          { key: 'format', title: t.format, render: (r) => <code>{r.numberFormat}</code>, csv: (r) => r.numberFormat },
          {
            key: 'years',
            title: t.years,
            render: (r) => r.validYears ?? t.noYears,
            csv: (r) => String(r.validYears ?? ''),
          },
          {
            key: 'state',
            title: t.state,
            render: (r) => (
              <span className={`tag ${r.withdrawnAt ? 'bad' : 'good'}`}>{r.withdrawnAt ? t.withdrawn : t.living}</span>
            ),
            csv: (r) => (r.withdrawnAt ? t.withdrawn : t.living),
          },
          {
            key: 'acts',
            title: '',
            render: (r) =>
              r.withdrawnAt ? null : (
                <ActDrawer
                  quiet
                  act="registry.withdraw"
                  label={t.withdraw}
                  explain={t.withdrawText}
                  fixed={{ registryId: r.id }}
                  version={r.version}
                  danger
                  tell={tell}
                />
              ),
          },
        ]}
      />
    </div>
  );
}
