import { useEffect } from 'react';
import type { ActAnswer, Page, PartySummary, Resource, ResourceSummary } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { fenOf } from '../../shared/format.ts';
import { FREQUENCIES, suggested } from '../../shared/offered-words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Skeleton } from '../../shared/States.tsx';
import { useAct, useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { AreaField, CheckField, ChoiceField, Section, SelectField, TextField, useForm } from '../shared/form.tsx';
import {
  aggregatable,
  basisPointsOf,
  type DraftValues,
  inputOf,
  newKey,
  resultColumns,
  sumOf,
  WHOLE,
} from './draft-model.ts';
import { RecipeBuilder } from './RecipeBuilder.tsx';
import { SharesEditor } from './SharesEditor.tsx';

const WORDS = words(
  {
    resource: '用哪个资源',
    resourceNote: '本单位持有的，或已获授权且在有效期内的资源。',
    resourceLabel: '数据资源',
    choose: '请选择资源',
    authorised: (name: string) => `（${name}授权）`,
    noResources: '还没有可用的资源：请先登记资源，或请持有单位授权。',
    product: '产品',
    name: '名称',
    kind: '产品形态',
    datasetNote: '交付整份数据文件，一次性许可',
    reportNote: '交付汇总结果文件，一次性许可',
    queryNote: '在线按条件查询，按次计费',
    summary: '简介',
    scenario: '应用场景',
    scenarioHint: '谁在什么情况下用它做什么。没有明确场景的产品不能挂牌。',
    recipe: '加工方案',
    recipeNote: '平台按方案从资源生成产品，买方得到的只是结果。',
    price: '价格与许可',
    priceOnce: '一次许可价格（元）',
    pricePackage: '每包价格（元）',
    calls: '每包调用次数',
    purposes: '允许的用途',
    purposesHint: '用顿号或逗号分隔，例如：保险定价、出行服务',
    validDays: '许可期限（天）',
    redistribution: '允许再次提供',
    redistributionHint: '不勾选时，合约写明买方不得转让或再次提供。',
    supply: '持续供给',
    frequency: '更新频率',
    commitment: '供给承诺',
    commitmentHint: '例如：每月 5 日前更新上月数据，中断时两个工作日内通知。',
    test: '提供测试数据（样例）',
    testHint: '挂牌要求能够提供测试数据；样例由平台抽取并脱敏。',
    shares: '收益分配',
    sharesNote: '买方付款托管，验收后按此比例清算到各权利人。由公共数据制成的产品须给提供单位留出比例。',
    providerReason: '公共数据提供',
    ownReason: '数据产品经营权',
    need: '请填写',
    needColumns: '请至少选一列',
    needMeasures: '请至少添加一项计算',
    needFilters: '请填写条件的值',
    needColumn: '有一项计算没有选列',
    repeated: '两项计算相同，请删去一项',
    money: '请填金额，最多两位小数，例如 4800.00',
    whole: '请填正整数',
    needShares: '请填好每一行的单位、比例和依据，并使合计为 100%',
    asked: '提交产品草稿',
    sending: '正在提交……',
    shortText: '至少两个字',
    needPurpose: '至少写一个用途',
  },
  {
    resource: 'Which resource',
    resourceNote: 'One your party holds, or is authorised to use for the time being.',
    resourceLabel: 'Resource',
    choose: 'Choose a resource',
    authorised: (name: string) => ` (authorised by ${name})`,
    noResources: 'There is nothing to use yet: register a resource, or ask a holder for an authorisation.',
    product: 'The product',
    name: 'Title',
    kind: 'Kind',
    datasetNote: 'The whole file is delivered; one-off licence',
    reportNote: 'A file of aggregated results; one-off licence',
    queryNote: 'Queried online by conditions; paid by the call',
    summary: 'Summary',
    scenario: 'Scenario',
    scenarioHint: 'Who uses it when, and for what. Without a clear scenario a product cannot be listed.',
    recipe: 'Recipe',
    recipeNote: 'The platform builds the product from the resource; the buyer gets the result and nothing else.',
    price: 'Price and licence',
    priceOnce: 'Price of a licence (CNY)',
    pricePackage: 'Price of a package (CNY)',
    calls: 'Calls in a package',
    purposes: 'Permitted purposes',
    purposesHint: 'Separated by commas, such as: insurance pricing, travel service',
    validDays: 'Licence (days)',
    redistribution: 'May be passed on',
    redistributionHint: 'Unless ticked, the contract forbids the buyer to pass the data on.',
    supply: 'Supply',
    frequency: 'Update frequency',
    commitment: 'Commitment',
    commitmentHint: 'Such as: last month’s data by the 5th; interruptions announced within two working days.',
    test: 'Offers test data (a sample)',
    testHint: 'Listing asks for test data; the platform draws the sample and masks it.',
    shares: 'Sharing of the income',
    sharesNote:
      'The price is held in escrow and cleared to the right holders by these shares. A product of public data leaves a share for its provider.',
    providerReason: 'Provider of public data',
    ownReason: 'Right to operate the product',
    need: 'Please fill in',
    needColumns: 'Choose at least one column',
    needMeasures: 'Add at least one figure',
    needFilters: 'Fill in the values of the conditions',
    needColumn: 'A figure has no column',
    repeated: 'Two figures are the same; remove one',
    money: 'An amount with at most two decimals, such as 4800.00',
    whole: 'A whole number above zero',
    needShares: 'Fill in party, share and ground of each row, and make the sum 100%',
    asked: 'hand the draft in',
    sending: 'Sending…',
    shortText: 'At least two characters',
    needPurpose: 'At least one purpose',
  },
);

const PROVIDER_SHARE = '10';
const OWN_SHARE = '90';
const WHOLE_PERCENT = '100';
const isCount = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text.trim());

/** A product's draft, new or revised. What was typed stays when the platform refuses. */
export function DraftForm(props: {
  readonly initial: DraftValues;
  readonly submit: string;
  readonly act: 'product.draft' | 'product.revise';
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly version?: number;
  readonly onDone: (answer: ActAnswer<{ productId: string }>) => void;
}) {
  const t = useWords(WORDS);
  const me = useMe();
  const held = useRead<Page<ResourceSummary>>('/resources', { mine: 'held', limit: 100 });
  const given = useRead<Page<ResourceSummary>>('/resources', { mine: 'authorised', limit: 100 });
  const parties = useRead<Page<PartySummary>>('/parties', { limit: 100 });
  const perform = useAct<{ productId: string }>(props.act);
  const usable = [...(held.data?.items ?? []).filter((r) => r.state === 'registered'), ...(given.data?.items ?? [])];

  const form = useForm<DraftValues>(props.initial, (v) => faultsOf(v));
  const { values: v, set, patch, errors } = form;
  const resource = useRead<Resource>(v.resourceId ? `/resources/${v.resourceId}` : null);
  const dictionary = resource.data?.dictionary ?? [];
  const filled = v.shares.length > 0;

  function faultsOf(x: DraftValues): Partial<Record<string, string>> {
    const recipe =
      x.way === 'rows' && x.picked.length === 0
        ? t.needColumns
        : x.way === 'groups' && x.measures.length === 0
          ? t.needMeasures
          : x.way === 'groups' && x.measures.some((m) => m.aggregate !== 'count' && !m.column)
            ? t.needColumn
            : x.way === 'groups' &&
                new Set(resultColumns(x, []).map((c) => c.name)).size < x.groupBy.length + x.measures.length
              ? t.repeated
              : x.filters.some((f) => f.value.trim() === '')
                ? t.needFilters
                : null;
    return {
      ...(x.resourceId ? {} : { resourceId: t.choose }),
      ...(x.title.trim().length < 2 ? { title: t.shortText } : {}),
      ...(x.summary.trim().length < 2 ? { summary: t.shortText } : {}),
      ...(x.scenario.trim() === '' ? { scenario: t.need } : {}),
      ...(recipe ? { recipe } : {}),
      ...(x.minimumGroupSize.trim() !== '' && !isCount(x.minimumGroupSize) ? { minimumGroupSize: t.whole } : {}),
      ...(fenOf(x.price) === null || fenOf(x.price) === '0' ? { price: t.money } : {}),
      ...(x.kind === 'query-service' && !isCount(x.calls) ? { calls: t.whole } : {}),
      ...(x.purposes.trim() === '' ? { purposes: t.needPurpose } : {}),
      ...(isCount(x.validDays) ? {} : { validDays: t.whole }),
      ...(x.updateFrequency.trim() === '' ? { updateFrequency: t.need } : {}),
      ...(x.commitment.trim() === '' ? { commitment: t.need } : {}),
      ...(x.shares.some((s) => !s.partyId || basisPointsOf(s.percent) === null || !s.reason.trim()) ||
      sumOf(x.shares) !== WHOLE
        ? { shares: t.needShares }
        : {}),
    };
  }

  // A resource was chosen: its columns are all taken first, its frequency proposed, and a public provider given a share.
  const loaded = resource.data?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once for each resource that was loaded, not at each key typed
  useEffect(() => {
    const r = resource.data;
    if (!r || !me?.party) return;
    const own = me.party.id;
    const known = (name: string) => r.dictionary.some((c) => c.name === name);
    const provider = r.publicData && r.holder.id !== own;
    patch({
      picked: v.picked.some(known) ? v.picked.filter(known) : r.dictionary.map((c) => c.name),
      groupBy: v.groupBy.filter(known),
      measures: v.measures.filter(
        (m) => !m.column || r.dictionary.some((c) => c.name === m.column && aggregatable(m.aggregate, c)),
      ),
      filters: v.filters.filter((f) => known(f.column)),
      ...(v.updateFrequency ? {} : { updateFrequency: r.updateFrequency }),
      ...(filled
        ? {}
        : {
            shares: [
              { key: newKey(), partyId: own, percent: provider ? OWN_SHARE : WHOLE_PERCENT, reason: t.ownReason },
              ...(provider
                ? [{ key: newKey(), partyId: r.holder.id, percent: PROVIDER_SHARE, reason: t.providerReason }]
                : []),
            ],
          }),
    });
  }, [loaded, me?.party?.id]);

  const submit = async () => {
    try {
      props.onDone(
        await perform.mutateAsync({
          input: { ...inputOf(v, dictionary), ...props.fixed },
          ...(props.version === undefined ? {} : { version: props.version }),
        }),
      );
    } catch {
      // The refusal shows above the button.
    }
  };

  return (
    <form noValidate onSubmit={form.onSubmit(() => void submit())}>
      <Section title={t.resource} note={t.resourceNote}>
        {held.data && given.data && usable.length === 0 ? <p>{t.noResources}</p> : null}
        <SelectField
          label={t.resourceLabel}
          value={v.resourceId}
          empty={t.choose}
          error={errors.resourceId}
          options={usable.map((r) => ({
            value: r.id,
            title: `${r.title}${r.holder.id === me?.party?.id ? '' : t.authorised(r.holder.name)}`,
          }))}
          onChange={(x) => set('resourceId', x)}
        />
      </Section>
      <About values={v} errors={errors} set={set} />
      <Section title={t.recipe} note={t.recipeNote}>
        {!v.resourceId ? (
          <p className="faint">{t.choose}</p>
        ) : resource.data ? (
          <RecipeBuilder values={v} dictionary={dictionary} errors={errors} patch={patch} />
        ) : resource.error ? (
          <RefusalPanel problem={resource.error} asked={t.resourceLabel} retry={() => void resource.refetch()} />
        ) : (
          <Skeleton lines={5} />
        )}
      </Section>
      <Licence values={v} errors={errors} set={set} />
      <Section title={t.shares} note={t.sharesNote}>
        {filled ? (
          <SharesEditor
            shares={v.shares}
            parties={parties.data?.items ?? []}
            error={errors.shares}
            onChange={(x) => set('shares', x)}
          />
        ) : (
          <p className="faint">{t.choose}</p>
        )}
      </Section>
      <div className="form-end">
        {perform.error ? <RefusalPanel key={perform.submittedAt} problem={perform.error} asked={t.asked} /> : null}
        <button type="submit" className="button primary" disabled={perform.isPending} aria-busy={perform.isPending}>
          {perform.isPending ? t.sending : props.submit}
        </button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly values: DraftValues;
  readonly errors: Readonly<Partial<Record<string, string>>>;
  readonly set: <K extends keyof DraftValues>(name: K, value: DraftValues[K]) => void;
}

function About({ values: v, errors, set }: PartProps) {
  const t = useWords(WORDS);
  const term = useTerm();
  return (
    <Section title={t.product}>
      <TextField label={t.name} value={v.title} maxLength={80} error={errors.title} onChange={(x) => set('title', x)} />
      <ChoiceField
        label={t.kind}
        value={v.kind}
        options={[
          { value: 'dataset', title: term('dataset'), note: t.datasetNote },
          { value: 'report', title: term('report'), note: t.reportNote },
          { value: 'query-service', title: term('query-service'), note: t.queryNote },
        ]}
        onChange={(x) => set('kind', x as DraftValues['kind'])}
      />
      <AreaField
        label={t.summary}
        value={v.summary}
        maxLength={2000}
        error={errors.summary}
        onChange={(x) => set('summary', x)}
      />
      <AreaField
        label={t.scenario}
        hint={t.scenarioHint}
        value={v.scenario}
        maxLength={2000}
        error={errors.scenario}
        onChange={(x) => set('scenario', x)}
      />
    </Section>
  );
}

function Licence({ values: v, errors, set }: PartProps) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const perCall = v.kind === 'query-service';
  return (
    <>
      <Section title={t.price}>
        <div className="form-pair">
          <TextField
            label={perCall ? t.pricePackage : t.priceOnce}
            inputMode="decimal"
            value={v.price}
            error={errors.price}
            onChange={(x) => set('price', x)}
          />
          {perCall ? (
            <TextField
              label={t.calls}
              inputMode="numeric"
              value={v.calls}
              error={errors.calls}
              onChange={(x) => set('calls', x)}
            />
          ) : null}
          <TextField
            label={t.validDays}
            inputMode="numeric"
            value={v.validDays}
            error={errors.validDays}
            onChange={(x) => set('validDays', x)}
          />
        </div>
        <TextField
          label={t.purposes}
          hint={t.purposesHint}
          value={v.purposes}
          error={errors.purposes}
          onChange={(x) => set('purposes', x)}
        />
        <CheckField
          label={t.redistribution}
          hint={t.redistributionHint}
          checked={v.redistribution}
          onChange={(x) => set('redistribution', x)}
        />
      </Section>
      <Section title={t.supply}>
        <TextField
          label={t.frequency}
          value={v.updateFrequency}
          maxLength={40}
          error={errors.updateFrequency}
          suggestions={suggested(FREQUENCIES, language)}
          onChange={(x) => set('updateFrequency', x)}
        />
        <AreaField
          label={t.commitment}
          hint={t.commitmentHint}
          value={v.commitment}
          maxLength={1000}
          error={errors.commitment}
          rows={2}
          onChange={(x) => set('commitment', x)}
        />
        <CheckField
          label={t.test}
          hint={t.testHint}
          checked={v.offersTestData}
          onChange={(x) => set('offersTestData', x)}
        />
      </Section>
    </>
  );
}
