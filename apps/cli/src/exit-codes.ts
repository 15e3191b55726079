/** What a command's exit code says (hub-api.md, section 4). */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  notReachable: 5,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
