import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Page } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import type { Registry } from '../../portal/certificates/types.ts';
import { KeptFile } from '../../shared/KeptFile.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useAct, useMe, useRead } from '../../shared/use-api.ts';
import { CheckField, Section, SelectField, TextField, useForm } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '提交外部登记证书',
    resources: '数据资源',
    products: '产品',
    sub: '其他机构核发的数据知识产权登记证书、数据产权登记凭证，经交易所核验认可后，与本所登记凭证互认，列入本所凭证和产品页。',
    asked: '提交外部登记证书',
    askedRegistries: '查看登记机构',
    noRegistry: '交易所还没有认可的登记机构；请联系交易所业务岗。',
    paper: '证书文件',
    paperNote: '证书的扫描件或电子原件。加密存入文件库，只有本单位、交易所和监管部门可以读取。',
    file: '证书文件（PDF、OFD 或图片）',
    where: '登记机构与编号',
    whereNote: '登记机构须在交易所认可的名单上；编号按证书照写。',
    registry: '登记机构',
    kind: '证书种类',
    'data-ip': '数据知识产权登记证书',
    'data-rights': '数据产权登记凭证',
    number: '证书编号',
    format: (f: string) => `格式：${f}（9 表示数字，A 表示大写字母）`,
    what: '证书内容',
    whatNote: '按证书所载填写；与证书不符的，不予认可。',
    name: '证书所载名称',
    holder: '权利人',
    uscc: '统一社会信用代码',
    holderHint: '须与本单位一致。',
    rights: '所载权利',
    hold: '数据持有权',
    use: '数据使用权',
    operate: '数据经营权',
    ip: '数据知识产权',
    issuedOn: '发证日期',
    validUntil: '有效期至',
    submit: '提交',
    sending: '正在提交……',
    need: '请填写',
    needFile: '请先上传证书文件',
    pick: '请至少选择一项',
    order: '早于发证日期',
  },
  {
    title: 'Bring a certificate issued elsewhere',
    resources: 'Resources',
    products: 'Products',
    sub: 'Registrations of data IP and data rights by other bodies: once the exchange has checked and recognised one, it stands beside the registration here, on certificates and on the product’s page.',
    asked: 'bring the certificate',
    askedRegistries: 'see the registries',
    noRegistry: 'The exchange recognises no registry yet; ask its staff.',
    paper: 'The paper',
    paperNote:
      'A scan or the electronic original. It is stored encrypted; your party, the exchange and its supervisors can read it.',
    file: 'File of the certificate (PDF, OFD or picture)',
    where: 'Registry and number',
    whereNote:
      'The registry is one of those the exchange recognises; write the number as it stands on the certificate.',
    registry: 'Registry',
    kind: 'Kind',
    'data-ip': 'Data IP registration',
    'data-rights': 'Data rights registration',
    number: 'Number',
    format: (f: string) => `Form: ${f} (9 is a digit, A a capital letter)`,
    what: 'What it says',
    whatNote: 'As on the certificate; what differs is not recognised.',
    name: 'Title on the certificate',
    holder: 'Holder',
    uscc: 'Unified social credit code',
    holderHint: 'It must be your own party.',
    rights: 'Rights it states',
    hold: 'Right to hold',
    use: 'Right to use',
    operate: 'Right to operate',
    ip: 'Data intellectual property',
    issuedOn: 'Issued on',
    validUntil: 'Valid until',
    submit: 'Bring it',
    sending: 'Sending…',
    need: 'Please fill in',
    needFile: 'Upload the paper first',
    pick: 'Choose at least one',
    order: 'Earlier than the issue',
  },
);

type Kind = Registry['kinds'][number];
const RIGHTS = { 'data-rights': ['hold', 'use', 'operate'], 'data-ip': ['ip'] } as const;

export default function ImportPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const subjectId = search.get('subject') ?? '';
  const isResource = subjectId.startsWith('res_');
  const registries = useRead<Page<Registry>>('/registries', { limit: 100 });
  const living = (registries.data?.items ?? []).filter((r) => r.withdrawnAt === null);
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to={isResource ? `/work/resources/${subjectId}` : `/work/products/${subjectId}`}>
          {isResource ? t.resources : t.products}
        </Link>{' '}
        ›
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <Loaded of={registries} asked={t.askedRegistries}>
        {() =>
          living.length === 0 ? (
            <p className="turn work-gap">{t.noRegistry}</p>
          ) : (
            <Form subjectId={subjectId} registries={living} />
          )
        }
      </Loaded>
    </>
  );
}

interface Values {
  readonly fileId: string;
  readonly registryId: string;
  readonly kind: Kind;
  readonly number: string;
  readonly title: string;
  readonly holderName: string;
  readonly holderUscc: string;
  readonly rights: readonly string[];
  readonly issuedOn: string;
  readonly validUntil: string;
}

function Form({ subjectId, registries }: { readonly subjectId: string; readonly registries: readonly Registry[] }) {
  const t = useWords(WORDS);
  const me = useMe();
  const navigate = useNavigate();
  const bring = useAct<{ importId: string }>('certificate.import');
  const first = registries[0];
  const party = useRead<{ readonly uscc: string }>(me?.party ? `/parties/${me.party.id}` : null);
  const form = useForm<Values>(
    {
      fileId: '',
      registryId: first?.id ?? '',
      kind: first?.kinds[0] ?? 'data-ip',
      number: '',
      title: '',
      holderName: me?.party?.name ?? '',
      holderUscc: '',
      rights: first?.kinds[0] === 'data-rights' ? [] : ['ip'],
      issuedOn: '',
      validUntil: '',
    },
    (v) => ({
      ...(v.fileId === '' ? { fileId: t.needFile } : {}),
      ...Object.fromEntries(
        (['number', 'title', 'holderName', 'issuedOn'] as const)
          .filter((k) => v[k].trim() === '')
          .map((k) => [k, t.need]),
      ),
      ...(v.rights.length === 0 ? { rights: t.pick } : {}),
      ...(v.validUntil && v.issuedOn && v.validUntil < v.issuedOn ? { validUntil: t.order } : {}),
    }),
  );
  const { values: v, set, patch, errors } = form;
  const registry = registries.find((r) => r.id === v.registryId);
  const uscc = v.holderUscc || party.data?.uscc || '';
  const submit = async () => {
    try {
      const { validUntil, ...rest } = { ...v, holderUscc: uscc, subjectId };
      const answer = await bring.mutateAsync({ input: { ...rest, ...(validUntil ? { validUntil } : {}) } });
      void navigate(`/work/recognition/${answer.result.importId}`, {
        state: { done: { title: t.title, receiptId: answer.receipt.id } },
      });
    } catch {
      // The refusal shows above the button.
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit(() => void submit())} className="work-gap">
      <Section title={t.paper} note={t.paperNote}>
        <KeptFile label={t.file} accept=".pdf,.ofd,.png,.jpg,.jpeg,.zip" onKept={(fileId) => set('fileId', fileId)} />
        {errors.fileId ? (
          <p className="field-error" data-invalid="true" tabIndex={-1}>
            {errors.fileId}
          </p>
        ) : null}
      </Section>
      <Section title={t.where} note={t.whereNote}>
        <SelectField
          label={t.registry}
          value={v.registryId}
          options={registries.map((r) => ({ value: r.id, title: r.name }))}
          onChange={(id) => {
            const kind = registries.find((r) => r.id === id)?.kinds[0] ?? 'data-ip';
            patch({ registryId: id, kind, rights: kind === 'data-ip' ? ['ip'] : [] });
          }}
        />
        <SelectField
          label={t.kind}
          value={v.kind}
          options={(registry?.kinds ?? []).map((k) => ({ value: k, title: t[k] }))}
          onChange={(kind) => patch({ kind: kind as Kind, rights: kind === 'data-ip' ? ['ip'] : [] })}
        />
        <TextField
          label={t.number}
          hint={registry ? t.format(registry.numberFormat) : undefined}
          value={v.number}
          maxLength={40}
          error={errors.number}
          onChange={(x) => set('number', x)}
        />
      </Section>
      <Section title={t.what} note={t.whatNote}>
        <TextField
          label={t.name}
          value={v.title}
          maxLength={200}
          error={errors.title}
          onChange={(x) => set('title', x)}
        />
        <TextField
          label={t.holder}
          hint={t.holderHint}
          value={v.holderName}
          maxLength={120}
          error={errors.holderName}
          onChange={(x) => set('holderName', x)}
        />
        <TextField label={t.uscc} value={uscc} maxLength={18} onChange={(x) => set('holderUscc', x.toUpperCase())} />
        <fieldset className="choices">
          <legend>{t.rights}</legend>
          {RIGHTS[v.kind].map((right) => (
            <CheckField
              key={right}
              label={t[right]}
              checked={v.rights.includes(right)}
              onChange={(on) => set('rights', on ? [...v.rights, right] : v.rights.filter((r) => r !== right))}
            />
          ))}
          {errors.rights ? <span className="field-error">{errors.rights}</span> : null}
        </fieldset>
        <TextField
          label={t.issuedOn}
          type="date"
          value={v.issuedOn}
          error={errors.issuedOn}
          onChange={(x) => set('issuedOn', x)}
        />
        <TextField
          label={t.validUntil}
          type="date"
          value={v.validUntil}
          error={errors.validUntil}
          onChange={(x) => set('validUntil', x)}
        />
      </Section>
      {bring.error ? <RefusalPanel key={bring.submittedAt} problem={bring.error} asked={t.asked} /> : null}
      <div className="buttons">
        <button type="submit" className="button primary" disabled={bring.isPending}>
          {bring.isPending ? t.sending : t.submit}
        </button>
      </div>
    </form>
  );
}
