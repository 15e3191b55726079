import { join } from 'node:path';

import { findExecutable } from './find-executable.js';
import { ServerUnavailable } from './server-errors.js';

export const JAVA_REMEDY =
  'Install a MongoDB server (`mongod` on the PATH), or point MONGODB_TEST_URI at one, or install a JDK 17 or newer and Maven for the stand-in (Debian and Ubuntu: `apt-get install openjdk-17-jdk-headless maven`).';

/**
 * Full path of `java`, `javac` or `mvn`; those of JAVA_HOME come first.
 *
 * @throws ServerUnavailable if it isn't there.
 */
export async function requireProgram(name: string, remedy: string): Promise<string> {
  const javaHome = process.env['JAVA_HOME'];
  const own = javaHome === undefined ? undefined : await findExecutable(name, join(javaHome, 'bin'));
  const file = own ?? (await findExecutable(name));
  if (file === undefined)
    throw new ServerUnavailable(`There is no MongoDB server, and no ${name} for its stand-in. ${remedy}`);
  return file;
}
