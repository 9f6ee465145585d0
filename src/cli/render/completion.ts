/**
 * Completion scripts for shells, out of the tree of commands itself, so that they offer what the program takes and nothing else. A script
 * asks no server and starts no Nolapse: names of applications and rotations are not offered.
 */
import { type Argument, type Command, Help, type Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly name: string;
  readonly about: string;
}

/** One command, or the program itself, as one stands behind it on the line. */
interface Place {
  /** The words that lead there, `audit export`; empty for the program. */
  readonly path: string;
  readonly commands: readonly Word[];
  /** Its own and those that every command takes, the long form first. */
  readonly options: readonly Word[];
  /** What may stand behind an option, by its flag. */
  readonly values: ReadonlyMap<string, Value>;
  readonly argument: Value;
}

/** A file, one of some words, or something that only the person knows; an option without a value has none. */
type Value = "file" | "own" | readonly string[];

/** The script that makes a shell complete `nolapse`. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, "", []);
  if (shell === "bash") return bash(places);
  return shell === "zsh" ? zsh(places) : fish(places);
}

function placesOf(command: Command, path: string, inherited: readonly Option[]): Place[] {
  const help = new Help();
  const options = [...help.visibleOptions(command), ...inherited];
  const commands = help.visibleCommands(command);
  const place: Place = {
    path,
    commands: commands.map((one) => ({ name: one.name(), about: firstLine(one.description()) })),
    options: options.flatMap(({ long, short, description }) =>
      [long, short].flatMap((name) => (name == null ? [] : [{ name, about: firstLine(description) }])),
    ),
    values: new Map(options.flatMap(valuesOf)),
    argument: argumentOf(command.registeredArguments),
  };
  // the help of a command is asked for by its own option
  const own = options.filter(({ long }) => long !== "--help");
  const below = commands.filter((one) => one.name() !== "help");
  return [
    place,
    ...below.flatMap((one) => placesOf(one, `${path} ${one.name()}`.trim(), path === "" ? own : inherited)),
  ];
}

function valuesOf(option: Option): [string, Value][] {
  if (!option.required && !option.optional) return [];
  const value = option.argChoices ?? (isFile(option.flags) ? "file" : "own");
  return [option.long, option.short].flatMap((name): [string, Value][] => (name == null ? [] : [[name, value]]));
}

/** Of the first one, which is all that is completed. */
function argumentOf([first]: readonly Argument[]): Value {
  if (first === undefined) return [];
  return first.argChoices ?? (isFile(`<${first.name()}>`) ? "file" : "own");
}

function isFile(flags: string): boolean {
  return /<(file|dir)>|\[file\]/.test(flags);
}

function firstLine(text: string): string {
  return text.split(/[;:\n]/)[0]?.trim() ?? "";
}

/** For single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const paths = (places: readonly Place[]) => places.flatMap(({ path }) => (path === "" ? [] : [path]));
const names = (words: readonly Word[]) => words.map(({ name }) => name).join(" ");

/** Options with a value, by the place where they stand: the word behind one is no command. */
const taking = (places: readonly Place[]) =>
  places.flatMap(({ path, values }) => [...values.keys()].map((flag) => quoted(`${path}|${flag}`)));

/** The lines of a `case` for what stands behind the options of a place. */
function valueCases({ path, values }: Place, files: string, words: (all: string) => string): string[] {
  const all = [...values].map(([flag, value]) => {
    const offers = value === "file" ? files : value === "own" ? ":" : words(value.join(" "));
    return `    ${quoted(`${path}|${flag}`)}) ${offers}; return ;;`;
  });
  return all;
}

function bash(places: readonly Place[]): string {
  const known = paths(places).map(quoted).join("|");
  const values = places.flatMap((one) =>
    valueCases(
      one,
      'COMPREPLY=($(compgen -f -- "$cur"))',
      (all) => `COMPREPLY=($(compgen -W ${quoted(all)} -- "$cur"))`,
    ),
  );
  const offers = places.map(({ path, commands, options, argument }) => {
    const extra = argument === "file" ? " files=1;" : "";
    const words = [names(commands), Array.isArray(argument) ? argument.join(" ") : "", names(options)];
    return `    ${quoted(path)})${extra} words=${quoted(words.filter((one) => one !== "").join(" "))} ;;`;
  });
  return `# nolapse for bash: eval "$(nolapse completion bash)"
_nolapse() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" at='' word words='' files=0 i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$at|\${COMP_WORDS[i-1]}" in
    ${taking(places).join("|")}) continue ;;
    esac
    case "\${at:+$at }$word" in
    ${known}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at|$prev" in
${values.join("\n")}
  esac
  case "$at" in
${offers.join("\n")}
  esac
  [[ $files == 1 && $cur != -* ]] && COMPREPLY=($(compgen -f -- "$cur"))
  COMPREPLY+=($(compgen -W "$words" -- "$cur"))
}
complete -F _nolapse nolapse
`;
}

function zsh(places: readonly Place[]): string {
  const known = paths(places).map(quoted).join("|");
  const values = places.flatMap((one) => valueCases(one, "_files", (all) => `compadd -- ${all}`));
  const described = (words: readonly Word[]) =>
    words.map(({ name, about }) => quoted(`${name.replaceAll(":", "\\:")}:${about}`)).join(" ");
  const offers = places.map(({ path, commands, options, argument }) => {
    const more =
      argument === "file"
        ? " _files;"
        : Array.isArray(argument) && argument.length > 0
          ? ` compadd -- ${argument.join(" ")};`
          : "";
    return `    ${quoted(path)})${more} offers=(${described([...commands, ...options])}) ;;`;
  });
  return `#compdef nolapse
# nolapse for zsh: a file _nolapse in a folder of $fpath, or eval "$(nolapse completion zsh)" after compinit
_nolapse() {
  local at='' word last='' prev="\${words[CURRENT-1]}"
  local -a line=("\${(@)words[2,CURRENT-1]}") offers
  for word in $line; do
    case "$at|$last" in
    ${taking(places).join("|")}) last=''; continue ;;
    esac
    last="$word"
    case "\${at:+$at }$word" in
    ${known}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at|$prev" in
${values.join("\n")}
  esac
  case "$at" in
${offers.join("\n")}
  esac
  _describe nolapse offers
}
compdef _nolapse nolapse
`;
}

function fish(places: readonly Place[]): string {
  const known = paths(places).map(quoted).join(" ");
  const lines = places.flatMap(({ path, commands, options, values, argument }) => {
    const here = `complete -c nolapse -n ${quoted(`test (__nolapse_at) = "${path}"`)}`;
    const first =
      argument === "file"
        ? [`${here} -F`]
        : Array.isArray(argument) && argument.length > 0
          ? [`${here} -a ${quoted(argument.join(" "))}`]
          : [];
    const verbs = commands.map(({ name, about }) => `${here} -a ${quoted(name)} -d ${quoted(about)}`);
    const flags = options.map(({ name, about }) => {
      const value = values.get(name);
      const takes =
        value === undefined
          ? ""
          : value === "file"
            ? " -rF"
            : value === "own"
              ? " -x"
              : ` -xa ${quoted(value.join(" "))}`;
      const form = name.startsWith("--") ? `-l ${quoted(name.slice(2))}` : `-s ${quoted(name.slice(1))}`;
      return `${here} ${form}${takes} -d ${quoted(about)}`;
    });
    return [...first, ...verbs, ...flags];
  });
  return `# nolapse for fish: nolapse completion fish > ~/.config/fish/completions/nolapse.fish
function __nolapse_at
  set -l at ''
  set -l last ''
  for word in (commandline -opc)[2..]
    set -l before "$at|$last"
    set last "$word"
    contains -- "$before" ${taking(places).join(" ")}; and continue
    set -l next (string trim "$at $word")
    contains -- "$next" ${known}; and set at "$next"
  end
  echo "$at"
end
complete -c nolapse -f
${lines.join("\n")}
`;
}
