/** How notifications leave this process; nothing leaves until it is set. */
export interface OutboundSetting {
  /** `smtp://` or `smtps://` with user and password; without it no mail is sent. */
  readonly smtpUrl?: string | undefined;
  readonly mailFrom: string;
  /** Webhooks may go to private addresses and over plain HTTP: for an exchange within one network. */
  readonly privateWebhooks: boolean;
  /** Address of this site, for links. */
  readonly site: () => string;
}

let setting: OutboundSetting = { mailFrom: '', privateWebhooks: false, site: () => '' };

export function configureOutbound(chosen: OutboundSetting): void {
  setting = chosen;
}
export const outbound = (): OutboundSetting => setting;
