import { resolve } from 'node:path';
import { z } from 'zod';
import { OperatorError } from './operator-error.ts';

const PORT_DEFAULT = 8080;
const UPLOAD_DEFAULT = 2 * 1024 ** 3;

/** An empty variable means the same as none. */
const optional = z.preprocess((v) => (v === '' ? undefined : v), z.string().optional());

/**
 * Every setting, read from the environment. docs/operations.md is generated from this schema, so that each setting is
 * described once.
 */
export const SettingsSchema = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(PORT_DEFAULT)
    .describe('Port of web pages and API; 0 takes a free one. 端口'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all. 监听地址'),
  PUBLIC_URL: optional.describe(
    'Address people use, when a proxy stands in front; links, QR codes and the OIDC callback use it. 对外访问地址',
  ),
  TRUST_PROXY: z
    .enum(['0', '1'])
    .default('0')
    .describe('1: take the client address from X-Forwarded-For of the proxy in front. 是否信任前置代理'),
  SHUHENG_DATA: z.string().default('./data').describe('Folder of database, vault, log, keys. 数据目录'),
  SHUHENG_SAMPLE: z
    .enum(['full', 'none'])
    .default('full')
    .describe('full builds the sample exchange on first start, none starts empty. 是否建立示例'),
  EXCHANGE_NAME: z
    .string()
    .min(1)
    .default('数据交易所')
    .describe('Name of the exchange that an empty start (SHUHENG_SAMPLE=none) sets up. 空白启动时交易所的名称'),
  EXCHANGE_USCC: z
    .string()
    .default('91000000MA0000000N')
    .describe('Its unified social credit code (GB 32100); the default is a placeholder. 统一社会信用代码，默认为占位'),
  DATABASE_URL: optional.describe(
    'PostgreSQL 15 or later; without it the embedded server starts in SHUHENG_DATA. 外部数据库',
  ),
  OBJECT_STORE: optional.describe(
    's3://bucket?endpoint=…&region=… for the vault; without it files under SHUHENG_DATA. 对象存储',
  ),
  LOG_STORE: optional.describe(
    's3://bucket?endpoint=…&region=…&prefix=… for the public files of the log, not within the place of OBJECT_STORE; without it files under SHUHENG_DATA. 存证日志公开文件的存放处',
  ),
  LOG_ORIGIN: z
    .string()
    .regex(/^[\x21-\x2a\x2c-\x7e]{1,200}$/)
    .default('shuheng.example/log')
    .describe('Name of the evidence log in checkpoints; never changes once the log has entries. 存证日志名称'),
  CRYPTO_SUITE: z
    .enum(['international', 'sm'])
    .default('international')
    .describe(
      'sm: checkpoints and certificates carry an SM2-with-SM3 signature beside Ed25519; no certified module. 签名套件，sm 为加签国密',
    ),
  KEY_PROVIDER: z
    .string()
    .regex(/^(file|exec:.+)$/)
    .default('file')
    .describe(
      'Where signing keys are: file in SHUHENG_DATA, or exec:<program> for a hardware module or key service (docs/evidence.md). 签名密钥的存放',
    ),
  LOG_POLICY: optional.describe(
    'File with witnesses, groups and quorum (C2SP tlog-policy, with a URL for each witness); without it the sample runs two witnesses of its own, an exchange without sample has none. 见证策略文件',
  ),
  ANCHOR_RPC_URL: optional.describe(
    'JSON-RPC of an EVM chain (FISCO BCOS 3: its Web3 RPC) to anchor checkpoints on; without it none are anchored. 链上锚定节点地址',
  ),
  ANCHOR_KEY_FILE: optional.describe(
    'File with the private key of the account that anchors; made in SHUHENG_DATA at the first start. 锚定账户私钥文件',
  ),
  ANCHOR_INTERVAL_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(3_600)
    .describe('Least time between two anchors, seconds. 锚定间隔（秒）'),
  ANCHOR_CONFIRMATIONS: z.coerce
    .number()
    .int()
    .min(1)
    .default(6)
    .describe('Blocks to wait for, the anchor’s own counted; 1 where blocks are final at once. 锚定确认块数'),
  ANCHOR_FEE_MAX_GWEI: z.coerce
    .number()
    .int()
    .min(0)
    .default(200)
    .describe('The most offered for a unit of gas, gwei; above it anchoring waits. 每单位 gas 的费用上限'),
  UPLOAD_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(UPLOAD_DEFAULT)
    .describe('Largest upload, bytes. 单个上传上限（字节）'),
  RATE_LIMIT: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe('Requests a minute and address. 每个地址每分钟请求上限'),
  SMTP_URL: optional.describe(
    'smtp://user:password@host:587 or smtps://…:465 to send notifications by e-mail; without it none are sent. 发送通知邮件的服务器',
  ),
  MAIL_FROM: z
    .string()
    .max(200)
    .default('Shuheng <noreply@localhost>')
    .describe('Sender of the mails, `Name <address>`. 邮件发件人'),
  WEBHOOK_PRIVATE: z
    .enum(['0', '1'])
    .default('0')
    .describe(
      '1: webhooks of parties may go to private addresses and over http, for an exchange within one network. 回调是否可指向内网',
    ),
  IMPORT_PRIVATE_ADDRESSES: z
    .enum(['0', '1'])
    .default('0')
    .describe(
      '1: imports of directories may connect to private addresses, such as a department’s database in the same network. 目录导入可否连接内网地址',
    ),
  SANDBOX_ENGINE: z
    .enum(['local', 'kubernetes', 'off'])
    .default('local')
    .describe(
      'Where sandbox programs run: local in shut-in processes of this host; kubernetes as Jobs of a cluster, queries still here (not tried on a real cluster); off refuses them. 沙箱程序在何处运行',
    ),
  SANDBOX_JOBS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe('Sandbox queries and programs at once; others wait their turn. 同时运行的沙箱查询与程序数'),
  SANDBOX_MEMORY_MEBIBYTES: z.coerce
    .number()
    .int()
    .min(256)
    .default(2_048)
    .describe(
      'The most memory one sandbox query or program may take, whatever its own limit. 单个沙箱作业的内存上限（MiB）',
    ),
  SANDBOX_WARM: z.coerce
    .number()
    .int()
    .min(0)
    .max(8)
    .default(1)
    .describe(
      'Query processes started ahead from the first query on, some 80 MB each, for ten idle minutes. 预先启动的查询进程数',
    ),
  SANDBOX_PART_WORKERS: z.coerce
    .number()
    .int()
    .min(0)
    .max(32)
    .default(1)
    .describe(
      'Parts of large sandbox queries this process works on at once; more processes: bin/shuheng sandbox-worker. 本进程同时处理的大表分片数',
    ),
  SANDBOX_KUBERNETES: optional.describe(
    'https://<API server>?namespace=…&image=<with python3, pandas, scikit-learn>&claim=<shared volume claim>&volume=<where it is mounted here>[&token=<file>][&seccomp=<profile on the nodes>][&runtime=<runtime class>]; its certificate by NODE_EXTRA_CA_CERTS. 集群的接口地址与参数',
  ),
  OIDC_ISSUER: optional.describe('OpenID Connect issuer for sign-in. 统一身份认证地址'),
  OIDC_CLIENT_ID: optional.describe('Client id at the issuer. 客户端编号'),
  OIDC_CLIENT_SECRET: optional.describe('Client secret at the issuer. 客户端密钥'),
});

export type Settings = z.output<typeof SettingsSchema>;

/** @throws OperatorError naming every setting that is wrong */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const parsed = SettingsSchema.safeParse(environment);
  if (!parsed.success)
    throw new OperatorError(`设置有误 The settings are not right:\n${z.prettifyError(parsed.error)}`);
  refuseSharedPlace(parsed.data.OBJECT_STORE, parsed.data.LOG_STORE);
  return { ...parsed.data, SHUHENG_DATA: resolve(parsed.data.SHUHENG_DATA) };
}

/** The vault removes objects it does not know: nothing else may lie in its place, nor the public log among its secrets. */
function refuseSharedPlace(vault: string | undefined, log: string | undefined): void {
  if (!vault || !log || !URL.canParse(vault) || !URL.canParse(log)) return;
  const [one, other] = [new URL(vault), new URL(log)];
  const part = (url: URL, name: string) => url.searchParams.get(name) ?? '';
  const [prefix, otherPrefix] = [part(one, 'prefix'), part(other, 'prefix')];
  const nested = prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix);
  if (one.hostname !== other.hostname || part(one, 'endpoint') !== part(other, 'endpoint') || !nested) return;
  throw new OperatorError(
    'OBJECT_STORE 与 LOG_STORE 指向同一处：请用不同的桶，或互不包含的 prefix。OBJECT_STORE and LOG_STORE are one place: give them buckets of their own, or prefixes that do not contain each other.',
  );
}
