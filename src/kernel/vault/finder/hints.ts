import type { Kind } from './model.ts';

/** Names of columns that speak for a kind; compared in lower case. The name alone never makes a finding. */
const HINTS: Readonly<Record<Kind, RegExp>> = {
  'identity-number':
    /身份证|公民身份|证件号|身份号|(^|[_\W])(id_?card|id_?no|id_?num|idnumber|sfz|sfzh|sfzhm|citizen_?id|identity)/,
  passport: /护照|通行证|证件号|passport|travel_?doc/,
  'bank-card': /银行卡|卡号|银行账|账号|帐号|bank_?(card|acc)|card_?(no|num)|account_?(no|num)|(^|_)pan$|(^|_)yhk/,
  mobile: /手机|移动电话|联系电话|联系方式|电话|mobile|phone|(^|[_\W])tel([_\W\d]|$)|(^|_)sjh/,
  email: /邮箱|电子邮件|e-?mail|(^|_)mail/,
  name: /姓名|联系人|负责人|代表人|户主|患者|学生|乘客|客户名|持卡人|办理人|驾驶人|(^|_)(xm|cname|real_?name|full_?name|person_?name|customer_?name|contact_?name|driver_?name)/,
  address: /地址|住址|住所|居住|address|addr(ess)?(_|$)|(^|_)dz$/,
  plate: /车牌|号牌|plate|(^|_)hphm|vehicle_?no|licen[cs]e_?(plate|no)/,
  ip: /(^|[_\W])ip(v?[46])?($|[_\W]|addr)|ip地址|client_?ip|remote_?addr/,
  coordinates: /纬度|经度|坐标|latitude|longitude|(^|[_\W])(lat|lon|lng|gps|coord|coords)([_\W\d]|$)/,
};

export const hinted = (kind: Kind, column: string): boolean => HINTS[kind].test(column.toLowerCase());

/** Words beside a number in a text that say what it is. */
export const BESIDE: Partial<Record<Kind, RegExp>> = {
  'bank-card': /卡|账号|帐号|账户|银行|card|acct|account/i,
  mobile: /电话|手机|联系|致电|拨打|微信|机主|tel|mobile|phone|call/i,
  passport: /护照|通行证|passport/i,
};
