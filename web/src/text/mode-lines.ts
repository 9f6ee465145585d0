/** The lines of the configuration by which a tenant is written to. */

/** `tenant`: letters, digits, hyphens and underscores, as the configuration takes names. */
export function modeLines(tenant: string): string {
  // what YAML would take for a number or a truth is a name all the same
  const key = /^[A-Za-z_][\w-]*$/.test(tenant) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(tenant);
  return `tenants:\n  ${key ? tenant : `"${tenant}"`}:\n    mode: propose\n`;
}
