import { parseArgs } from 'node:util';
import { fixtures, hostings, type Fixture, type Hosting } from './fixtures.js';
import { legs, type Leg } from './legs.js';
import { hubForms, type HubForm } from './start-hub.js';

export interface MainOptions {
  forms: readonly HubForm[];
  hostings: readonly Hosting[];
  /** With those of their legs that are chosen. */
  fixtures: readonly Fixture[];
  json?: string;
}

const nameOfLeg = ({ suiteVersion, revision }: Leg): string => `${suiteVersion}@${revision}`;

export const usage = `Usage: node dist/main.js [--form FORM]... [--hosting HOSTING]... [--fixture FIXTURE]... [--leg LEG]... [--json FILE]
Runs the official conformance suites against the fixtures directly and through the hub, and names every check lost.
All there is by default:
  forms     ${hubForms.join(', ')}
  hostings  ${hostings.join(', ')}
  fixtures  ${fixtures.map(({ name }) => name).join(', ')}
  legs      ${legs.map(nameOfLeg).join(', ')}`;

/** @throws TypeError with one sentence where an argument is not right */
export function readMainOptions(args: readonly string[]): MainOptions {
  const many = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { form: many, hosting: many, fixture: many, leg: many, json: { type: 'string' } },
  });
  const chosenLegs = chosen('leg', legs.map(nameOfLeg), values.leg);
  const chosenFixtures = chosen(
    'fixture',
    fixtures.map(({ name }) => name),
    values.fixture,
  );
  const chosenHostings = chosen('hosting', hostings, values.hosting);
  return {
    forms: chosen('form', hubForms, values.form),
    hostings: chosenHostings,
    fixtures: fixtures
      .filter((fixture) => chosenFixtures.includes(fixture.name))
      .filter((fixture) => fixture.hostings.some((hosting) => chosenHostings.includes(hosting)))
      .map((fixture) => ({ ...fixture, legs: fixture.legs.filter((leg) => chosenLegs.includes(nameOfLeg(leg))) })),
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}

function chosen<Name extends string>(what: string, all: readonly Name[], wanted: readonly string[] = all): Name[] {
  const unknown = wanted.find((name) => !all.some((each) => each === name));
  if (unknown !== undefined) throw new TypeError(`There is no ${what} "${unknown}"; there are ${all.join(', ')}.`);
  return all.filter((name) => wanted.includes(name));
}
