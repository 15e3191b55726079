import { delimiter, join } from 'node:path';

import { JAVA_REMEDY, requireProgram } from './java-tools.js';
import type { ServerProgram } from './launched-server.js';
import type { StandInBuild } from './mongo-stand-in-build.js';
import { buildStandIn } from './mongo-stand-in-build.js';

// Compiled fast rather than well, for it lives a few seconds. The heap is an upper bound: documents of 16 MB, several
// at once, each as text, as objects and in a write buffer.
const JVM_FLAGS = [
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-XX:+UseSerialGC',
  '-XX:-UsePerfData',
  '-Xmx768m',
  '-XX:+ExitOnOutOfMemoryError',
];

/**
 * Tells how to start the wire-compatible stand-in (java/MongoStandIn.java), after building it if needed.
 *
 * Good for behaviour, not for speed: it ignores secondary indexes. It has no transactions, `explain` or pipeline updates.
 *
 * @throws ServerUnavailable without a JDK and Maven, or if its libraries can't be fetched.
 */
export async function prepareStandIn(report: (line: string) => void): Promise<ServerProgram> {
  const java = await requireProgram('java', JAVA_REMEDY);
  const build: StandInBuild = await buildStandIn(report);
  const classPath = [join(build.dir, 'classes'), join(build.dir, 'lib', '*')].join(delimiter);
  return {
    kind: 'mongo-java-server',
    version: build.version,
    scheme: 'mongodb',
    command: java,
    args: ({ host, port, dir }) => [
      ...JVM_FLAGS,
      ...['-cp', classPath, 'MongoStandIn', host, String(port), join(dir, 'mongo.h2')],
    ],
    ready: /^ready \d+$/m,
  };
}
