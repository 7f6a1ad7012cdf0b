import { z } from 'zod';
import { idOf } from '../ids.ts';

export const PartyId = idOf('pty', { zh: '单位', en: 'Party' });
export const PersonId = idOf('psn', { zh: '人员', en: 'Person' });
export const KeyId = idOf('key', { zh: '接口密钥', en: 'API key' });
export const SessionId = idOf('ses', { zh: '会话', en: 'Session' });

const LOGIN_PATTERN = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{2,63}$/u;

export const Login = z.string().trim().regex(LOGIN_PATTERN).meta({ title: '登录名', 'x-title-en': 'Login' });

/** One line without control characters, among them the NUL that no text of the database can hold. */
const LINE_PATTERN = /^[^\p{Cc}]+$/u;
const LINE_LENGTH_MAX = 80;
export const Line = z.string().trim().min(1).max(LINE_LENGTH_MAX).regex(LINE_PATTERN);

export const DisplayName = Line.meta({ title: '姓名', 'x-title-en': 'Name' });

const ROLES_MAX = 20;
const ROLE_PATTERN = /^[a-z][a-z-]{1,39}$/;

export const Roles = z
  .array(z.string().regex(ROLE_PATTERN))
  .max(ROLES_MAX)
  .transform((roles) => [...new Set(roles)])
  .meta({ title: '角色', 'x-title-en': 'Roles' });
