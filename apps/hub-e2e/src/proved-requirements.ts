/** The ids that tests name by `it(proves('ID'…`, from the texts of spec files. Comments don't count. */
export function provedIds(specs: readonly string[]): string[] {
  const ids = specs.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => !/^\s*(\/\/|\*)/.test(line))
      .flatMap((line) => [...line.matchAll(/\bproves\('([A-Z]+-\d+)'/g)].map((match) => match[1] ?? '')),
  );
  return [...new Set(ids)].sort();
}

/** The requirements that no test names. */
export function unprovedIds(required: readonly string[], specs: readonly string[]): string[] {
  const proved = new Set(provedIds(specs));
  return required.filter((id) => !proved.has(id));
}
