import { type Text, text } from '../../../kernel/text.ts';

export const UNFIT_KINDS = ['missing', 'size', 'form', 'columns', 'rows', 'type', 'domain', 'model'] as const;
export type UnfitKind = (typeof UNFIT_KINDS)[number];

/** In what an output is not what was declared. A class only: where it stands could itself be a message. */
export const UNFIT: Readonly<Record<UnfitKind, Text>> = {
  missing: text('没有（或不止一份）结果文件', 'there is no result file, or more than one'),
  size: text('结果文件过大', 'the result file is too large'),
  form: text('结果文件的格式无法读取', 'the result file cannot be read'),
  columns: text('字段与声明不符', 'the columns are not the declared ones'),
  rows: text('行数超过声明', 'there are more rows than declared'),
  type: text('有取值与声明的类型不符', 'a value is not of the declared type'),
  domain: text('有文字不在声明的取值范围内', 'a word is not in the declared domain'),
  model: text('模型文件与模型卡不符', 'the model does not fit its card'),
};

export class Unfit extends Error {
  override name = 'Unfit';
  readonly kind: UnfitKind;
  constructor(kind: UnfitKind) {
    super(kind);
    this.kind = kind;
  }
}
