import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { rolesInWords } from './model.ts';

const DAY = '2026-11-23';

/** An organisation is known by its unified social credit code, whose last character checks the others. */
export const validCode = rule<{ readonly uscc: { readonly wellFormed: boolean; readonly checkDigitOk: boolean } }>({
  id: 'GB32100-1.1',
  title: text('统一社会信用代码有效', 'The unified social credit code is valid'),
  decide: ({ uscc }) => {
    const remedy = text(
      '请对照营业执照或登记证书核对代码。',
      'Compare the code with the business licence or registration certificate.',
    );
    if (!uscc.wellFormed)
      return violated(text('统一社会信用代码的格式不对。', 'The unified social credit code is malformed.'), remedy);
    if (!uscc.checkDigitOk)
      return violated(
        text('统一社会信用代码的校验码不对。', 'The check character of the unified social credit code is wrong.'),
        remedy,
      );
    return ok();
  },
  examples: [
    { name: 'a right code', at: DAY, facts: { uscc: { wellFormed: true, checkDigitOk: true } }, expect: 'ok' },
    {
      name: 'one digit wrong',
      at: DAY,
      facts: { uscc: { wellFormed: true, checkDigitOk: false } },
      expect: 'violated',
    },
    {
      name: 'a letter outside the alphabet',
      at: DAY,
      facts: { uscc: { wellFormed: false, checkDigitOk: false } },
      expect: 'violated',
    },
  ],
});

/** Nobody decides on the own case. */
export const decidedByAnother = rule<{ readonly partyId: string; readonly deciderPartyId: string | null }>({
  id: 'HS-2.2',
  title: text('不得审批本单位的事项', 'Nobody decides on the own case'),
  decide: ({ partyId, deciderPartyId }) =>
    deciderPartyId !== null && deciderPartyId === partyId
      ? violated(
          text('经办人属于被审批的单位。', 'The decider belongs to the party decided on.'),
          text('请由其他有权单位办理。', 'Another party with this power must decide.'),
        )
      : ok(),
  examples: [
    { name: 'another party', at: DAY, facts: { partyId: 'a', deciderPartyId: 'b' }, expect: 'ok' },
    { name: 'the same party', at: DAY, facts: { partyId: 'a', deciderPartyId: 'a' }, expect: 'violated' },
    { name: 'the platform itself', at: DAY, facts: { partyId: 'a', deciderPartyId: null }, expect: 'ok' },
  ],
});

/** One is admitted to what one applied for, and to something. */
export const rolesRequested = rule<{ readonly roles: readonly string[]; readonly requestedRoles: readonly string[] }>({
  id: 'HS-2.3',
  title: text('只能按申请的角色入驻', 'Admission only to roles applied for'),
  decide: ({ roles, requestedRoles }) => {
    const extra = roles.filter((r) => !requestedRoles.includes(r));
    return extra.length > 0
      ? violated(
          text(
            `该单位没有申请以下角色：${rolesInWords(extra).zh}。`,
            `The party did not apply for: ${rolesInWords(extra).en}.`,
          ),
          text(
            '请只批准已申请的角色，或请该单位重新申请。',
            'Admit it to roles it applied for, or have it apply again.',
          ),
        )
      : ok();
  },
  examples: [
    {
      name: 'a part of what was asked',
      at: DAY,
      facts: { roles: ['buyer'], requestedRoles: ['buyer', 'broker'] },
      expect: 'ok',
    },
    {
      name: 'more than was asked',
      at: DAY,
      facts: { roles: ['buyer', 'broker'], requestedRoles: ['buyer'] },
      expect: 'violated',
    },
  ],
});

/** Who runs a data-trading intermediary examines the identity of the parties. */
export const identityExamined = rule<{ readonly identityChecked: boolean; readonly reason: string }>({
  id: 'DSL-33.2',
  title: text('审核交易双方身份', 'Identity of the parties examined'),
  decide: ({ identityChecked, reason }) =>
    identityChecked && reason.trim() !== ''
      ? ok()
      : violated(
          text('没有记录对该单位身份的审核。', 'No examination of the identity of this party is recorded.'),
          text(
            '请核验登记信息和证照，并写明核验了什么。',
            'Examine register and documents, and say what was looked at.',
          ),
        ),
  examples: [
    {
      name: 'examined, with a word on how',
      at: DAY,
      facts: { identityChecked: true, reason: '已核验营业执照' },
      expect: 'ok',
    },
    { name: 'not examined', at: DAY, facts: { identityChecked: false, reason: '资料齐全' }, expect: 'violated' },
    { name: 'nothing said', at: DAY, facts: { identityChecked: true, reason: ' ' }, expect: 'violated' },
  ],
});

/** The head of the organisation answers for the security of public data, and stands by name in the register. */
export const securityHeadNamed = rule<{
  readonly roles: readonly string[];
  readonly legalRepresentative: string | null;
}>({
  id: 'JN-15.2',
  title: text('登记公共数据安全第一责任人', 'First person responsible for security is named'),
  decide: ({ roles, legalRepresentative }) => {
    if (!roles.some((r) => r === 'operating-unit' || r === 'data-authority' || r === 'data-provider'))
      return notApplicable();
    return legalRepresentative?.trim()
      ? ok()
      : violated(
          text('没有登记法定代表人或者主要负责人。', 'No legal representative or main head is registered.'),
          text('请补充法定代表人或者主要负责人姓名。', 'Name the legal representative or main head.'),
        );
  },
  examples: [
    { name: 'named', at: DAY, facts: { roles: ['operating-unit'], legalRepresentative: '某甲' }, expect: 'ok' },
    { name: 'not named', at: DAY, facts: { roles: ['data-provider'], legalRepresentative: null }, expect: 'violated' },
    {
      name: 'a buyer needs none',
      at: DAY,
      facts: { roles: ['buyer'], legalRepresentative: null },
      expect: 'not-applicable',
    },
  ],
});

/** A data vendor says which of the six kinds of business it does. */
export const vendorBusinessStated = rule<{
  readonly roles: readonly string[];
  readonly businessTypes: readonly string[];
}>({
  id: 'SH-15.1',
  title: text('数商载明业务类型', 'A data merchant states its business'),
  decide: ({ roles, businessTypes }) => {
    if (!roles.includes('data-merchant')) return notApplicable();
    return businessTypes.length > 0
      ? ok()
      : violated(
          text('数商没有载明业务类型。', 'The data merchant does not state its kind of business.'),
          text(
            '请在申请中选择开发、发布、承销、合规化、标准化、增值化中的至少一项。',
            'Choose at least one of developing, publishing, underwriting, compliance, standardisation, value-added service.',
          ),
        );
  },
  examples: [
    {
      name: 'develops products',
      at: DAY,
      facts: { roles: ['data-merchant'], businessTypes: ['develop'] },
      expect: 'ok',
    },
    { name: 'says nothing', at: DAY, facts: { roles: ['data-merchant'], businessTypes: [] }, expect: 'violated' },
    { name: 'a buyer needs none', at: DAY, facts: { roles: ['buyer'], businessTypes: [] }, expect: 'not-applicable' },
  ],
});

const VENDORS: readonly string[] = ['data-merchant', 'broker', 'compliance-assessor', 'quality-assessor'];

/** The exchange runs the market and earns nothing in it. */
export const exchangeNoVendor = rule<{ readonly roles: readonly string[] }>({
  id: 'SH-15.3',
  title: text('交易所不得开展数商业务', 'The exchange does no business of vendors'),
  decide: ({ roles }) => {
    if (!roles.includes('exchange')) return notApplicable();
    const both = roles.filter((r) => VENDORS.includes(r));
    return both.length > 0
      ? violated(
          text(
            `交易所不得兼任：${rolesInWords(both).zh}。`,
            `The exchange must not also be: ${rolesInWords(both).en}.`,
          ),
          text('请由符合条件的数商或第三方机构承担。', 'Leave it to a qualified vendor or third party.'),
        )
      : ok();
  },
  examples: [
    { name: 'only the exchange', at: DAY, facts: { roles: ['exchange'] }, expect: 'ok' },
    { name: 'exchange and merchant', at: DAY, facts: { roles: ['exchange', 'data-merchant'] }, expect: 'violated' },
    { name: 'a merchant', at: DAY, facts: { roles: ['data-merchant'] }, expect: 'not-applicable' },
  ],
});

/** Who maintains the platform does not operate public data on it. */
export const maintainerNoOperator = rule<{ readonly roles: readonly string[]; readonly maintainsPlatform: boolean }>({
  id: 'JN-13.3',
  title: text('平台运维方不得申请运营', 'The maintainer is no operating unit'),
  decide: ({ roles, maintainsPlatform }) => {
    if (!roles.includes('operating-unit')) return notApplicable();
    return maintainsPlatform || roles.includes('exchange')
      ? violated(
          text('平台运维方申请成为运营单位。', 'The maintainer of the platform asks to be an operating unit.'),
          text('请由不承担平台运维的单位申请。', 'A party that does not maintain the platform must apply.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'an ordinary operating unit',
      at: DAY,
      facts: { roles: ['operating-unit'], maintainsPlatform: false },
      expect: 'ok',
    },
    {
      name: 'the maintainer',
      at: DAY,
      facts: { roles: ['operating-unit'], maintainsPlatform: true },
      expect: 'violated',
    },
    {
      name: 'the exchange itself',
      at: DAY,
      facts: { roles: ['exchange', 'operating-unit'], maintainsPlatform: false },
      expect: 'violated',
    },
    {
      name: 'the maintainer as a buyer',
      at: DAY,
      facts: { roles: ['buyer'], maintainsPlatform: true },
      expect: 'not-applicable',
    },
  ],
});

const MANAGEMENT: readonly string[] = ['data-authority', 'price-authority', 'regulator'];
const OPERATION: readonly string[] = ['operating-unit', 'data-merchant'];

/** Management of data stands apart from its operation; both in one hand is reported to the supervisor. */
export const managementApart = rule<{ readonly roles: readonly string[] }>({
  id: 'BJ-10.1',
  title: text('管理与运营分离', 'Management apart from operation'),
  effect: 'monitor',
  decide: ({ roles }) =>
    roles.some((r) => MANAGEMENT.includes(r)) && roles.some((r) => OPERATION.includes(r))
      ? violated(
          text('同一单位既管理又运营数据。', 'One party both manages and operates data.'),
          text('建议由不同单位分别承担。', 'Give the two tasks to different parties.'),
        )
      : ok(),
  examples: [
    { name: 'only a regulator', at: DAY, facts: { roles: ['regulator'] }, expect: 'ok' },
    {
      name: 'an authority that sells',
      at: DAY,
      facts: { roles: ['data-authority', 'data-merchant'] },
      expect: 'violated',
    },
  ],
});

/** Only who is registered at the exchange collects, processes, develops or trades data here. */
export const registeredEntity = rule<{ readonly partyState: string }>({
  id: 'GY-4.3',
  title: text('须为在交易所登记的市场主体', 'Registered at the exchange'),
  decide: ({ partyState }) =>
    partyState === 'admitted'
      ? ok()
      : violated(
          text('该单位没有入驻，或已被暂停。', 'The party is not admitted, or is suspended.'),
          text('请先办理入驻或恢复。', 'Apply for admission, or have the suspension lifted.'),
        ),
  examples: [
    { name: 'admitted', at: DAY, facts: { partyState: 'admitted' }, expect: 'ok' },
    { name: 'only applied', at: DAY, facts: { partyState: 'applied' }, expect: 'violated' },
    { name: 'suspended', at: DAY, facts: { partyState: 'suspended' }, expect: 'violated' },
  ],
});
