const kept = /^(PATH|LANG|LC_[A-Z]+|TZ)$/;

/**
 * The environment of a child (hosting.md, "Packages"): what its entry declares, PATH, language and time zone of the
 * hub, and folders of its own for HOME and TMPDIR. Nothing else of the hub's environment, which holds its secrets.
 */
export function childEnvironment(
  declared: Readonly<Record<string, string>>,
  hub: Readonly<Record<string, string | undefined>>,
  folders: { home: string; temporary: string },
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(hub))
    if (value !== undefined && kept.test(name)) environment[name] = value;
  return { ...environment, HOME: folders.home, TMPDIR: folders.temporary, ...declared };
}
