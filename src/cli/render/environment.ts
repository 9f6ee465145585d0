/** Variables as the shells and tools write them. */

export const ENVIRONMENT_FORMATS = ["bash", "powershell", "dotenv"] as const;
export type EnvironmentFormat = (typeof ENVIRONMENT_FORMATS)[number];

/** One line for each variable; what a value holds never ends its quotes. */
export function renderEnvironment(format: EnvironmentFormat, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => LINE[format](name, value))
    .join("\n");
}

const LINE: Record<EnvironmentFormat, (name: string, value: string) => string> = {
  bash: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  dotenv: (name, value) => `${name}=${/^[\w@%+=:,./~-]*$/.test(value) ? value : JSON.stringify(value)}`,
};

/** Reads back the plain `NAME=value` lines that a running directory writes. */
export function parseEnvironment(text: string): Record<string, string> {
  const pairs = text.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return Object.fromEntries(pairs);
}
