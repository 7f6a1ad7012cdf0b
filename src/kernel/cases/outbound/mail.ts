import type { Transporter } from 'nodemailer';
import { outbound } from './setting.ts';

const TIMEOUT_MS = 20_000;

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same at every attempt: mail servers and readers show it once. */
  readonly deliveryId: string;
}

let transport: { readonly url: string; readonly transporter: Transporter } | undefined;

/** One transport a process, as long as the setting stays. */
async function transporterTo(url: string): Promise<Transporter> {
  if (transport?.url !== url) {
    const { createTransport } = await import('nodemailer');
    transport?.transporter.close();
    const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
    transport = {
      url,
      transporter: createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true }),
    };
  }
  return transport.transporter;
}

/** @returns `ok` once the mail server took it, or a word on why not */
export async function sendMail({ to, subject, text, deliveryId }: Mail): Promise<'ok' | string> {
  const { smtpUrl, mailFrom } = outbound();
  if (!smtpUrl) return 'no-mail-server';
  try {
    const domain = mailFrom.split('@')[1]?.replace(/[<>\s]/g, '') || 'localhost';
    await (await transporterTo(smtpUrl)).sendMail({
      from: mailFrom,
      to: { name: '', address: to },
      subject,
      text,
      messageId: `<${deliveryId}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Shuheng-Delivery': deliveryId },
    });
    return 'ok';
  } catch (error) {
    const { responseCode, code } = error as { responseCode?: number; code?: string };
    return responseCode === undefined ? (code ?? 'failed').toLowerCase() : `smtp-${responseCode}`;
  }
}
