/** The headers of every answer: what a browser may do with it (owasp.org/www-project-secure-headers). */

/** Styles that a page makes itself carry this nonce; there is no script but files of our own. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Of data: where a browser takes it for a page all the same, it loads and runs nothing. */
const FOR_DATA = "default-src 'none'; frame-ancestors 'none'";

/** `nonce`: of a page; null for everything else. `secure`: people come by https, and shall go on doing so. */
export function securityHeaders(nonce: string | null, secure: boolean): Readonly<Record<string, string>> {
  return {
    "content-security-policy": nonce === null ? FOR_DATA : contentSecurityPolicy(nonce),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ...(secure ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}
