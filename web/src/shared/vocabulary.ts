import type { Text } from '../api.ts';
import { useLanguage } from '../app/words.ts';

const t = (zh: string, en: string): Text => ({ zh, en });

/** The code words of the API as people say them; a word that is not here shows as it is. */
const TERMS: Readonly<Record<string, Text>> = {
  // kinds of products
  dataset: t('数据集', 'Data set'),
  report: t('数据报告', 'Data report'),
  'query-service': t('查询服务', 'Query service'),
  // states of products
  draft: t('草稿', 'Draft'),
  assessed: t('已评估', 'Assessed'),
  listed: t('在售', 'Listed'),
  suspended: t('已暂停', 'Suspended'),
  withdrawn: t('已下架', 'Withdrawn'),
  // states of orders
  placed: t('已下单', 'Placed'),
  signed: t('已签约', 'Signed'),
  paid: t('已付款', 'Paid'),
  delivered: t('已交付', 'Delivered'),
  accepted: t('已验收', 'Accepted'),
  cleared: t('已清算', 'Cleared'),
  cancelled: t('已取消', 'Cancelled'),
  disputed: t('争议中', 'In dispute'),
  refunded: t('已退款', 'Refunded'),
  // states of others
  open: t('进行中', 'Open'),
  ended: t('已到期', 'Ended'),
  closed: t('已结束', 'Closed'),
  expired: t('已到期', 'Expired'),
  applied: t('待准入', 'Applied'),
  admitted: t('已准入', 'Admitted'),
  refused: t('未准入', 'Refused'),
  registered: t('已登记', 'Registered'),
  'resource-withdrawn': t('已注销', 'Withdrawn'),
  approved: t('已批准', 'Approved'),
  living: t('有效', 'Living'),
  live: t('有效', 'Live'),
  'used-up': t('次数已用完', 'Used up'),
  locked: t('已锁定', 'Locked'),
  disabled: t('已停用', 'Disabled'),
  valid: t('有效', 'Valid'),
  building: t('加工中', 'Being built'),
  built: t('已加工', 'Built'),
  complete: t('完成', 'Complete'),
  'broken-off': t('中断', 'Broken off'),
  download: t('下载', 'Download'),
  query: t('查询', 'Query'),
  reserved: t('托管中', 'In escrow'),
  requested: t('已申请', 'Requested'),
  measured: t('已测量', 'Measured'),
  issued: t('已出具', 'Issued'),
  passed: t('通过', 'Passed'),
  failed: t('未通过', 'Failed'),
  ingesting: t('入库中', 'Ingesting'),
  ready: t('就绪', 'Ready'),
  active: t('有效', 'Active'),
  revoked: t('已撤销', 'Revoked'),
  // pricing
  'one-off': t('一次性许可', 'One-off licence'),
  'per-call': t('按次计费', 'Per call'),
  // resources
  'self-generated': t('自行生产', 'Own production'),
  agreement: t('协议取得', 'By agreement'),
  'public-collection': t('公开采集', 'Collected in public'),
  derived: t('加工衍生', 'Derived'),
  core: t('核心数据', 'Core data'),
  important: t('重要数据', 'Important data'),
  general: t('一般数据', 'General data'),
  unconditional: t('无条件开放', 'Open without conditions'),
  conditional: t('有条件开放', 'Open under conditions'),
  'opening:paid': t('有偿使用', 'Against payment'),
  // lineage
  resource: t('数据资源', 'Data resource'),
  product: t('数据产品', 'Data product'),
  job: t('加工作业', 'Processing job'),
  recipe: t('加工作业', 'Processing job'),
  build: t('加工作业', 'Processing job'),
  component: t('中间结果', 'Component'),
  delivery: t('交付', 'Delivery'),
  order: t('订单', 'Order'),
  // assessment
  compliance: t('合规评估', 'Compliance assessment'),
  quality: t('质量评估', 'Quality assessment'),
  yes: t('是', 'Yes'),
  no: t('否', 'No'),
  'not-applicable': t('不适用', 'Not applicable'),
  // quality dimensions of GB/T 36344
  'dimension:standardisation': t('规范性', 'Standardisation'),
  completeness: t('完整性', 'Completeness'),
  accuracy: t('准确性', 'Accuracy'),
  consistency: t('一致性', 'Consistency'),
  timeliness: t('时效性', 'Timeliness'),
  accessibility: t('可访问性', 'Accessibility'),
  // roles
  'data-authority': t('大数据主管部门', 'Data authority'),
  'data-provider': t('数据提供单位', 'Data-providing department'),
  'operating-unit': t('运营单位', 'Operating unit'),
  'data-merchant': t('数商', 'Data merchant'),
  broker: t('数据经纪人', 'Data broker'),
  'compliance-assessor': t('合规评估机构', 'Compliance assessor'),
  'quality-assessor': t('质量评估机构', 'Quality assessor'),
  notary: t('公证机构', 'Notary'),
  buyer: t('数据使用单位', 'Data buyer'),
  regulator: t('监管部门', 'Regulator'),
  exchange: t('交易所', 'Exchange'),
  'party-admin': t('单位管理员', "Party's administrator"),
  'settlement-officer': t('结算岗', 'Settlement officer'),
  'system-admin': t('系统管理员', 'System administrator'),
  'security-admin': t('安全管理员', 'Security administrator'),
  'audit-admin': t('审计管理员', 'Audit administrator'),
  // parties
  'business:develop': t('数据开发', 'Data development'),
  'business:publish': t('数据发布', 'Data publishing'),
  'business:underwrite': t('数据承销', 'Data underwriting'),
  'business:compliance': t('数据合规服务', 'Data compliance'),
  'business:standardisation': t('数据资产标准化', 'Standardising data assets'),
  'business:value-added': t('增值服务', 'Value-added services'),
  'administrative-organ': t('行政机关', 'Administrative organ'),
  'authorised-organisation': t('法律法规授权的组织', 'Organisation authorised by law'),
  'people-organisation': t('人民团体', "People's organisation"),
  'public-service-unit': t('公共服务单位', 'Public-service unit'),
  // rulebook
  'document-draft': t('草案', 'Draft for comment'),
  'in force': t('现行有效', 'In force'),
  'house rules': t('本所规则', 'House rules'),
  'no legal force': t('无法律效力', 'No legal force'),
  adopted: t('已采纳', 'Adopted'),
  source: t('来源文件', 'Source documents'),
  house: t('本所规则', 'House rules'),
  law: t('国家法律与标准', 'National laws and standards'),
  enforced: t('已由系统执行', 'Enforced'),
  monitored: t('监测预警', 'Monitored'),
  recorded: t('留存声明', 'Recorded'),
  'not-encoded': t('不编码', 'Not encoded'),
  'coverage-open': t('尚未实现', 'Still open'),
  block: t('拦截', 'Blocks'),
  monitor: t('预警', 'Raises an alert'),
  record: t('留痕', 'Records'),
  ok: t('符合', 'Met'),
  violated: t('不符合', 'Violated'),
  unknown: t('缺少事实', 'Fact missing'),
  main: t('主板', 'Main board'),
};

export const termOf = (word: string): Text => TERMS[word] ?? { zh: word, en: word };

/**
 * Says a code word of the API in the language of the page.
 * @param scope for words that mean something else elsewhere, such as `business` for lines of business
 */
export function useTerm(scope?: 'business' | 'dimension' | 'opening'): (word: string) => string {
  const language = useLanguage();
  return (word) => (TERMS[`${scope}:${word}`] ?? termOf(word))[language];
}
