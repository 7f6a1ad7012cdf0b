import type { Text } from '../../api.ts';
import { useLanguage } from '../../app/words.ts';
import { termOf } from '../../shared/vocabulary.ts';

const t = (zh: string, en: string): Text => ({ zh, en });

const DATA: Readonly<Record<string, Text>> = {
  listed: t('已编目，未归集', 'Listed, not gathered'),
  current: t('已归集', 'Gathered'),
  overdue: t('更新逾期', 'Update overdue'),
};
const ZONES: Readonly<Record<string, Text>> = {
  health: t('健康', 'Health'),
  transport: t('交通', 'Transport'),
  credit: t('信用', 'Credit'),
  spatial: t('空间', 'Spatial'),
};
const ORIGINS: Readonly<Record<string, Text>> = {
  file: t('目录文件', 'A file of entries'),
  postgresql: t('PostgreSQL 数据库', 'A PostgreSQL database'),
  mysql: t('MySQL 数据库', 'A MySQL database'),
  ckan: t('CKAN 目录', 'A CKAN catalogue'),
  dcat: t('DCAT 目录', 'A DCAT catalogue'),
};
/** Parts of an entry of the directory, as they are called. */
const PARTS: Readonly<Record<string, Text>> = {
  number: t('目录编号', 'number'),
  title: t('名称', 'title'),
  summary: t('简介', 'summary'),
  sector: t('行业', 'sector'),
  class: t('数据类别', 'class'),
  grade: t('数据级别', 'grade'),
  containsPersonalInformation: t('含个人信息', 'personal information'),
  consentBasis: t('处理依据', 'basis'),
  opening: t('开放属性', 'opening'),
  conditions: t('开放条件', 'conditions'),
  zone: t('专区', 'zone'),
  exceptionBasis: t('不予归集依据', 'exception'),
  updateFrequency: t('更新频率', 'update frequency'),
  region: t('覆盖地区', 'region'),
  coversFrom: t('数据起始日', 'first day'),
  coversTo: t('数据截止日', 'last day'),
  office: t('责任处室', 'office responsible'),
  source: t('取得方式', 'source'),
  sourceStatement: t('来源说明', 'statement of source'),
  columns: t('数据项', 'dictionary'),
};
const EVENTS: Readonly<Record<string, Text>> = {
  list: t('编目', 'listed'),
  import: t('导入', 'imported'),
  change: t('变更', 'changed'),
  register: t('登记', 'registered'),
  gather: t('归集数据', 'data gathered'),
  refresh: t('更新数据', 'data updated'),
};

function useWordsOf(known: Readonly<Record<string, Text>>): (word: string) => string {
  const language = useLanguage();
  return (word) => (known[word] ?? termOf(word))[language];
}
/** Whether the data of a resource stand in the zone. */
export const useDataTerm = () => useWordsOf(DATA);
export const useZoneTerm = () => useWordsOf(ZONES);
export const useOriginTerm = () => useWordsOf(ORIGINS);
export const usePartTerm = () => useWordsOf(PARTS);
export const useEventTerm = () => useWordsOf(EVENTS);
