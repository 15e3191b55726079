/** Random, unguessable identifiers of the characters `[A-Za-z0-9_-]`, 22 long (128 bits). */
export abstract class Ids {
  abstract next(): string;
}
