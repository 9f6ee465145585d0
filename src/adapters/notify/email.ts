/** Notices as mail over SMTP. The library is loaded when something is to be sent. */
import { NolapseError } from "../../core/errors.ts";
import { htmlOf, subjectOf, textOf } from "../../core/pictures/notice.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { Channel } from "../../ports/notices.ts";

export interface EmailOptions {
  readonly name: string;
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly smtp: () => Promise<SecretValue>;
  readonly from: string;
  /** Fixed addresses, or the owners of each application. */
  readonly to: "owners" | readonly string[];
}

export function createEmail({ name, smtp, from, to }: EmailOptions): Channel {
  return {
    name,
    to: to === "owners" ? "owners" : "fixed",
    recipients: to === "owners" ? [] : to,
    async send(recipient, digest) {
      const { createTransport } = await import("nodemailer");
      try {
        const transport = createTransport((await smtp()).reveal(), { from });
        await transport.sendMail({
          to: recipient,
          subject: subjectOf(digest),
          text: textOf(digest),
          html: htmlOf(digest),
          // nobody's holiday notice should come back
          headers: { "Auto-Submitted": "auto-generated" },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        transport.close();
      } catch (thrown) {
        if (thrown instanceof NolapseError) throw thrown;
        throw new NolapseError("notify-failed", `${name} could not be told: the mail server ${whyOf(thrown)}`, {
          next: "check the SMTP address (smtp://user:password@host:587), then nolapse notify test",
        });
      }
    },
  };
}

/** The library's code alone: its messages and answers may quote what was sent, the password included. */
function whyOf(thrown: unknown): string {
  const { code, responseCode } = thrown as { code?: unknown; responseCode?: unknown };
  if (typeof responseCode === "number") return `answers ${responseCode}`;
  return typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? `cannot be used (${code})` : "cannot be used";
}
